/**
 * What the picture is to match: the photograph's features and the paintings' Gram matrices, computed once for each size.
 * @module
 */
import type { Tensor } from "../graph/tensor.ts";
import { input } from "../graph/tensor.ts";
import type { Picture } from "../image/picture.ts";
import { gram } from "../loss/gram.ts";
import type { Layer } from "../network/layers.ts";
import { type Features, featuresAt, type Network } from "../network/network.ts";
import type { Runtime } from "../runtime/runtime.ts";
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

/** The name of the objective's input for the style target of a layer. */
export const styleTargetName = (layer: Layer): string => `target.style.${layer}`;

/** Whether these settings want this network's features scaled to a mean activation of 1. */
export const isNormalized = ({ normalized }: Settings, network: Network): boolean =>
  normalized === "large" ? network.largeFeatures : normalized;

/** The photograph's features at the content layers. */
export const contentTargets = (photograph: Picture, network: Network, runtime: Runtime, settings: Settings) =>
  look(photograph, weightedLayers(settings.contentLayers), network, runtime, settings, (features, layer) => [
    contentTargetName(layer),
    featuresAt(features, layer).tensor,
  ]);

/** The paintings' Gram matrices at the style layers, blended by weight: Σ wᵢ Gᵢ / Σ wᵢ. */
export async function styleTargets(
  styles: readonly WeightedStyle[],
  network: Network,
  runtime: Runtime,
  settings: Settings,
): Promise<Targets> {
  const layers = weightedLayers(settings.styleLayers);
  const whole = styles.reduce((sum, { weight }) => sum + weight, 0);
  const blended: Record<string, Float32Array> = {};
  for (const { picture, weight } of styles) {
    if (weight === 0) continue;
    const grams = await look(picture, layers, network, runtime, settings, (features, layer) => {
      const { tensor, channels } = featuresAt(features, layer);
      return [styleTargetName(layer), gram(tensor, channels)];
    });
    for (const [name, values] of Object.entries(grams)) {
      const sum = blended[name] ?? new Float32Array(values.length);
      blended[name] = sum.map((value, index) => value + (weight / whole) * values[index]);
    }
  }
  return blended;
}

/** Computes something of a picture's features, layer by layer. */
async function look(
  { width, height, rgb }: Picture,
  layers: readonly Layer[],
  network: Network,
  runtime: Runtime,
  settings: Settings,
  describe: (features: Features, layer: Layer) => readonly [string, Tensor],
): Promise<Targets> {
  if (layers.length === 0) return {};
  const features = network.features(input("image", [1, 3, height, width]), {
    pooling: settings.pooling,
    layers,
    normalized: isNormalized(settings, network),
  });
  const program = await runtime.compile(Object.fromEntries(layers.map((layer) => describe(features, layer))));
  try {
    return await program.run({ image: rgb });
  } finally {
    await program.release();
  }
}
