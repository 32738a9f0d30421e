/**
 * What the picture is to match: the photograph's features and the paintings' statistics, computed once for each size.
 * @module
 */
import { ImpastoError } from "../errors.ts";
import { input, type Tensor } from "../graph/tensor.ts";
import type { Picture } from "../image/picture.ts";
import { SHORTEST_SIDE } from "../image/size.ts";
import type { Moments } from "../loss/moments.ts";
import type { Layer } from "../network/layers.ts";
import {
  type FeatureMap,
  type Features,
  featuresAt,
  type Network,
  throughHeads,
} from "../network/network.ts";
import { required } from "../required.ts";
import type { Runtime } from "../runtime/runtime.ts";
import { averageInputs, averagesOf, momentsAmong, throughHead } from "./averages.ts";
import { partition } from "./blocks.ts";
import { buildOptions } from "./build-options.ts";
import { gatherAverages, gatherMaps } from "./gathering.ts";
import { type PowerOf, powerName, powerOf } from "./power.ts";
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

/** The power of a picture at a layer among targets. @throws ImpastoError when it is not there. */
export function powerAmong(targets: Targets, whose: PowerOf, layer: Layer): number {
  const [power] = targets[powerName(whose, layer)] ?? [];
  if (power === undefined) throw new ImpastoError(`The power of the ${whose} at ${layer} was not measured.`);
  return power;
}

/**
 * The photograph's features at the content layers and, where losses are measured against it, its power.
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
  const contentLayers = weightedLayers(settings.contentLayers);
  const eyes = { network, runtime, settings };
  const layers = settings.relative ? lossLayers(settings) : [];
  const maps: Describe = (features, layer) =>
    contentLayers.includes(layer)
      ? [[contentTargetName(layer), featuresAt(throughHeads(features), layer).tensor]]
      : [];
  let found: Targets;
  if (fits(photograph, mostPixels)) {
    found = await look(photograph, [...new Set([...contentLayers, ...layers])], eyes, (features, layer) => [
      ...maps(features, layer),
      ...(layers.includes(layer) ? averagesOf(features, layer) : []),
    ]);
  } else {
    const view = (some: readonly Layer[]) => ({
      partition: partition(photograph, some, mostPixels),
      ...eyes,
    });
    found = {
      ...(await gatherMaps(view(contentLayers), contentLayers, photograph.rgb, contentTargetName, signal)),
      ...(await gatherAverages(view(layers), layers, photograph.rgb, (rgb) => rgb, averagesOf, signal)),
    };
  }
  const kept = contentLayers.map(contentTargetName);
  return {
    ...Object.fromEntries(Object.entries(found).filter(([name]) => kept.includes(name))),
    ...(await describeAverages(found, layers, eyes, (moments, map, layer) => [
      [powerName("photograph", layer), powerOf(moments, map)],
    ])),
  };
}

/**
 * The paintings' moments at the style layers, blended by weight, Σ wᵢ Sᵢ / Σ wᵢ, and made ready for the loss; and, where
 * losses are measured against it, their power.
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
  const styleLayers = weightedLayers(settings.styleLayers);
  const layers = settings.relative ? lossLayers(settings) : styleLayers;
  const eyes = { network, runtime, settings };
  const measure = STYLE_MEASURES[settings.styleMeasure];
  const whole = styles.reduce((sum, { weight }) => sum + weight, 0);
  const blended: Record<string, Float32Array> = {};
  for (const { picture, weight } of styles) {
    if (weight === 0) continue;
    const view = () => ({ partition: partition(picture, layers, mostPixels), ...eyes });
    const averages = fits(picture, mostPixels)
      ? await look(picture, layers, eyes, averagesOf)
      : await gatherAverages(view(), layers, picture.rgb, (rgb) => rgb, averagesOf, signal);
    for (const [name, values] of Object.entries(averages)) {
      const sum = blended[name] ?? new Float32Array(values.length);
      blended[name] = sum.map((value, index) => value + (weight / whole) * values[index]);
    }
  }
  return describeAverages(blended, layers, eyes, (moments, map, layer) => [
    ...(styleLayers.includes(layer)
      ? Object.entries(measure.prepare(throughHead(moments, map), map.channels)).map(
          ([part, value]) => [styleTargetName(layer, part), value] as const,
        )
      : []),
    ...(settings.relative ? [[powerName("painting", layer), powerOf(moments, map)] as const] : []),
  ]);
}

/** The layers of which any loss is made. */
const lossLayers = ({ contentLayers, styleLayers }: Settings): readonly Layer[] => [
  ...new Set([...weightedLayers(contentLayers), ...weightedLayers(styleLayers)]),
];

/** What looks at pictures. */
interface Eyes {
  readonly network: Network;
  readonly runtime: Runtime;
  readonly settings: Settings;
}

/** Values of one layer by their names. */
type Describe = (features: Features, layer: Layer) => readonly (readonly [string, Tensor])[];

/** Computes something of a picture's averages, layer by layer. */
async function describeAverages(
  averages: Targets,
  layers: readonly Layer[],
  { network, runtime, settings }: Eyes,
  describe: (moments: Moments, map: FeatureMap, layer: Layer) => readonly (readonly [string, Tensor])[],
): Promise<Targets> {
  if (layers.length === 0) return {};
  // Any size: the maps are there for their channels and heads alone.
  const image = input("image", [1, 3, SHORTEST_SIDE, SHORTEST_SIDE]);
  const features = network.features(image, buildOptions(settings, network, layers));
  const described = layers.flatMap((layer) => {
    const map = featuresAt(features, layer);
    return describe(momentsAmong(new Map(averageInputs(map, layer)), layer), map, layer);
  });
  return runOnce(runtime, Object.fromEntries(described), averages);
}

const fits = ({ width, height }: Picture, mostPixels: number): boolean => width * height <= mostPixels;

/** Computes something of a picture's features, layer by layer. */
async function look(
  { width, height, rgb }: Picture,
  layers: readonly Layer[],
  { network, runtime, settings }: Eyes,
  describe: Describe,
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
  const kept = Object.fromEntries(passed.map(([name]) => [name, required(inputs[name], name)]));
  if (made.length === 0) return kept;
  const program = await runtime.compile(Object.fromEntries(made));
  try {
    return { ...kept, ...(await program.run(inputs)) };
  } finally {
    await program.release();
  }
}
