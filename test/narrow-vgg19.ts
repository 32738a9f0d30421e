/**
 * A VGG-19 of a few channels with seeded weights: the architecture without the 80 megabytes.
 * @module
 */
import { blockOf, byLayer, LAYERS, type Layer } from "../src/network/layers.ts";
import { type ConvolutionWeights, OXFORD, type VggWeights } from "../src/network/weights.ts";
import { uniform } from "./evaluate.ts";

const WIDTHS = [4, 8, 8, 8, 8];

/** Output channels of a layer of the narrow network. */
export const narrowChannelsOf = (layer: Layer): number => WIDTHS[blockOf(layer) - 1];

/** Weights of the size that keeps activations alive from layer to layer (He et al., 2015), for RGB in 0…255. */
export function narrowVgg19(seed: number): VggWeights {
  const layers = byLayer((layer): ConvolutionWeights => {
    const index = LAYERS.indexOf(layer);
    const [out, from] = [narrowChannelsOf(layer), index === 0 ? 3 : narrowChannelsOf(LAYERS[index - 1])];
    const size = Math.sqrt(6 / (9 * from)) / (index === 0 ? 100 : 1);
    return {
      kernel: uniform([out, from, 3, 3], seed + 2 * index).map((value) => size * value),
      bias: uniform([out], seed + 2 * index + 1).map((value) => 0.2 * value),
    };
  });
  return { layers, input: OXFORD, checksum: "narrow" };
}

/** A picture of random colours in [0, 1]. */
export const randomPicture = (height: number, width: number, seed: number): Float32Array =>
  uniform([3, height, width], seed).map((value) => (value + 1) / 2);
