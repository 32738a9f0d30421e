/**
 * What the picture is to match: the photograph's features and the paintings' statistics, computed once for each size.
 * @module
 */
import { input, type Tensor } from "../graph/tensor.ts";
import type { Picture } from "../image/picture.ts";
import { SHORTEST_SIDE } from "../image/size.ts";
import type { Layer } from "../network/layers.ts";
import { type Features, featuresAt, type Network, throughHeads } from "../network/network.ts";
import type { Runtime } from "../runtime/runtime.ts";
import { averageInputs, averagesOf, momentsAmong, throughHead } from "./averages.ts";
import { partition } from "./blocks.ts";
import { buildOptions } from "./build-options.ts";
import { gatherAverages, gatherMaps } from "./gathering.ts";
import { STYLE_MEASURES } from "./preset.ts";
import { type Settings, weightedLayers } from "./settings.ts";

/** Target values by the name of the objective's input that takes them. */
export type Targets = Readonly<Record<string, Float32Array>>;

/** A painting and how much it counts beside the others. */
export interface WeightedStyle {
  readonly picture: Picture;
  /** At least 0; only the ratios matter. */
  readonly weight: number;
}

/** The name of the objective's input for the content target of a layer. */
export const contentTargetName = (layer: Layer): string => `target.content.${layer}`;

/** The name of the objective's input for one part of the style target of a layer. */
export const styleTargetName = (layer: Layer, part: string): string => `target.style.${layer}.${part}`;

/**
 * The photograph's features at the content layers.
 * @param mostPixels how many pixels may be looked at at once; a larger picture is looked at in blocks.
 * @throws the signal's reason, where it is aborted between two blocks.
 */
export async function contentTargets(
  photograph: Picture,
  network: Network,
  runtime: Runtime,
  settings: Settings,
  mostPixels = Number.POSITIVE_INFINITY,
  signal?: AbortSignal,
): Promise<Targets> {
  const layers = weightedLayers(settings.contentLayers);
  if (fits(photograph, mostPixels)) {
    return look(photograph, layers, network, runtime, settings, (features, layer) => [
      [contentTargetName(layer), featuresAt(throughHeads(features), layer).tensor],
    ]);
  }
  const view = { partition: partition(photograph, layers, mostPixels), network, runtime, settings };
  return gatherMaps(view, layers, photograph.rgb, contentTargetName, signal);
}

/**
 * The paintings' moments at the style layers, blended by weight, Σ wᵢ Sᵢ / Σ wᵢ, and made ready for the loss.
 * @param mostPixels how many pixels may be looked at at once; a larger painting is looked at in blocks.
 * @throws the signal's reason, where it is aborted between two blocks.
 */
export async function styleTargets(
  styles: readonly WeightedStyle[],
  network: Network,
  runtime: Runtime,
  settings: Settings,
  mostPixels = Number.POSITIVE_INFINITY,
  signal?: AbortSignal,
): Promise<Targets> {
  const layers = weightedLayers(settings.styleLayers);
  const measure = STYLE_MEASURES[settings.styleMeasure];
  const whole = styles.reduce((sum, { weight }) => sum + weight, 0);
  const blended: Record<string, Float32Array> = {};
  for (const { picture, weight } of styles) {
    if (weight === 0) continue;
    const view = () => ({ partition: partition(picture, layers, mostPixels), network, runtime, settings });
    const averages = fits(picture, mostPixels)
      ? await look(picture, layers, network, runtime, settings, averagesOf)
      : await gatherAverages(view(), layers, picture.rgb, (rgb) => rgb, averagesOf, signal);
    for (const [name, values] of Object.entries(averages)) {
      const sum = blended[name] ?? new Float32Array(values.length);
      blended[name] = sum.map((value, index) => value + (weight / whole) * values[index]);
    }
  }
  const image = input("image", [1, 3, SHORTEST_SIDE, SHORTEST_SIDE]);
  const shapes = network.features(image, buildOptions(settings, network, layers));
  const prepared = layers.flatMap((layer) => {
    const map = featuresAt(shapes, layer);
    const moments = throughHead(momentsAmong(new Map(averageInputs(map, layer)), layer), map);
    return Object.entries(measure.prepare(moments, map.channels)).map(([part, value]) => [
      styleTargetName(layer, part),
      value,
    ]);
  });
  return runOnce(runtime, Object.fromEntries(prepared), blended);
}

const fits = ({ width, height }: Picture, mostPixels: number): boolean => width * height <= mostPixels;

/** Computes something of a picture's features, layer by layer. */
async function look(
  { width, height, rgb }: Picture,
  layers: readonly Layer[],
  network: Network,
  runtime: Runtime,
  settings: Settings,
  describe: (features: Features, layer: Layer) => readonly (readonly [string, Tensor])[],
): Promise<Targets> {
  if (layers.length === 0) return {};
  const features = network.features(
    input("image", [1, 3, height, width]),
    buildOptions(settings, network, layers),
  );
  return runOnce(runtime, Object.fromEntries(layers.flatMap((layer) => describe(features, layer))), {
    image: rgb,
  });
}

async function runOnce(
  runtime: Runtime,
  outputs: Readonly<Record<string, Tensor>>,
  inputs: Targets,
): Promise<Targets> {
  const isPassed = ([name, { leaf }]: readonly [string, Tensor]) =>
    leaf && "input" in leaf && leaf.input === name;
  const passed = Object.entries(outputs).filter(isPassed);
  const made = Object.entries(outputs).filter((output) => !isPassed(output));
  const kept = Object.fromEntries(passed.map(([name]) => [name, inputs[name] ?? new Float32Array()]));
  if (made.length === 0) return kept;
  const program = await runtime.compile(Object.fromEntries(made));
  try {
    return { ...kept, ...(await program.run(inputs)) };
  } finally {
    await program.release();
  }
}
