/**
 * What the optimisation at one size begins with: the targets, and the objective, whole or in blocks as memory allows.
 * @module
 */
import { overMeanColour } from "../image/alpha.ts";
import type { Picture } from "../image/picture.ts";
import { resize } from "../image/resize.ts";
import type { Size } from "../image/size.ts";
import type { Layer } from "../network/layers.ts";
import type { Network } from "../network/network.ts";
import type { Runtime } from "../runtime/runtime.ts";
import { partition } from "./blocks.ts";
import { compileBlockwiseObjective } from "./blockwise-objective.ts";
import { levelled } from "./level.ts";
import { compileObjective, type Objective } from "./objective.ts";
import { type Settings, weightedLayers } from "./settings.ts";
import { contentTargets, styleTargets, type WeightedStyle } from "./targets.ts";

/** What is to be repainted, and in what style; pictures of any size. */
export interface Subject {
  /** Opaque. */
  readonly photograph: Picture;
  readonly styles: readonly WeightedStyle[];
}

/**
 * Prepares the objective of one size.
 * @param mostPixels how many pixels may be looked at at once; a larger picture is looked at in blocks.
 * @throws the signal's reason, where it is aborted between two blocks.
 */
export async function prepareObjective(
  size: Size,
  { photograph, styles }: Subject,
  { network, runtime }: { readonly network: Network; readonly runtime: Runtime },
  settings: Settings,
  mostPixels: number,
  signal?: AbortSignal,
): Promise<Objective> {
  const content = resize(photograph, size.width, size.height);
  const targets = {
    ...(await contentTargets(content, network, runtime, settings, mostPixels, signal)),
    ...(await styleTargets(stylesAt(styles, size, settings), network, runtime, settings, mostPixels, signal)),
  };
  const compile = () => {
    if (size.width * size.height <= mostPixels) {
      return compileObjective(size, targets, network, runtime, settings);
    }
    const view = { partition: partition(size, layersOf(settings), mostPixels), network, runtime, settings };
    return compileBlockwiseObjective(view, targets);
  };
  const objective = await compile();
  return settings.levelled ? levelled(objective, size) : objective;
}

const layersOf = ({ contentLayers, styleLayers }: Settings): readonly Layer[] => [
  ...weightedLayers(contentLayers),
  ...weightedLayers(styleLayers),
];

const stylesAt = (
  styles: readonly WeightedStyle[],
  scale: Size,
  settings: Settings,
): readonly WeightedStyle[] =>
  styles.map(({ picture, weight }) => {
    const { width, height } = settings.styleSize(picture, scale);
    return { picture: overMeanColour(resize(picture, width, height)), weight };
  });
