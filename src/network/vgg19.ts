/**
 * VGG-19 (Simonyan and Zisserman, 2015) as a graph: 3×3 convolutions and ReLUs, a 2×2 pooling after each block.
 * It knows the weights' input convention, and nothing of where they came from or what its features are for.
 * @module
 */

import { ImpastoError } from "../errors.ts";
import { averagePool } from "../graph/operations/average-pool.ts";
import { convolution } from "../graph/operations/convolution.ts";
import { maxPool } from "../graph/operations/max-pool.ts";
import { multiply } from "../graph/operations/multiply.ts";
import { relu } from "../graph/operations/relu.ts";
import { subtract } from "../graph/operations/subtract.ts";
import { constant, type Tensor } from "../graph/tensor.ts";
import { blockOf, LAYERS, type Layer } from "./layers.ts";
import type { InputConvention, VggWeights } from "./weights.ts";

/** How VGG-19 shrinks its picture between blocks. */
export const POOLINGS = ["max", "average"] as const;

/** One of {@link POOLINGS}. */
export type Pooling = (typeof POOLINGS)[number];

/** The activations of some layers after the ReLU, each `[1, C, H, W]`. */
export type Features = Readonly<Partial<Record<Layer, Tensor>>>;

/**
 * Builds the network from a picture to the given layers, and no further than the deepest of them.
 * @param image `[1, 3, H, W]`, RGB in [0, 1].
 * @throws ShapeError when the picture is too small to be pooled as often as the deepest layer asks.
 * @example const features = vgg19(image, weights, { pooling: "max", layers: ["conv1_1", "conv4_2"] });
 */
export function vgg19(
  image: Tensor,
  weights: VggWeights,
  { pooling, layers }: { readonly pooling: Pooling; readonly layers: readonly Layer[] },
): Features {
  const deepest = Math.max(...layers.map((layer) => LAYERS.indexOf(layer)));
  const features: Partial<Record<Layer, Tensor>> = {};
  let x = conventional(image, weights.input);
  let block = 1;
  // The last convolution's sum before its ReLU: max pooling is done on it, for relu(max(x)) = max(relu(x)) and the
  // rectifier and its gradient then cost a quarter.
  let preactivation = x;
  for (const layer of LAYERS.slice(0, deepest + 1)) {
    if (blockOf(layer) !== block) {
      x = pooling === "max" ? relu(maxPool(preactivation)) : averagePool(x);
      block = blockOf(layer);
    }
    preactivation = convolve(x, layer, weights);
    x = relu(preactivation);
    if (layers.includes(layer)) features[layer] = x;
  }
  return features;
}

/** The features of one layer. @throws ImpastoError when the layer was not asked for. */
export function featuresAt(features: Features, layer: Layer): Tensor {
  const found = features[layer];
  if (found === undefined) throw new ImpastoError(`The network was not built as far as ${layer}.`);
  return found;
}

function convolve(x: Tensor, layer: Layer, weights: VggWeights): Tensor {
  const { kernel, bias } = weights.layers[layer];
  const [, channels = 0] = x.shape;
  const kernelShape = [bias.length, channels, 3, 3];
  return convolution(x, constant(kernel, kernelShape), constant(bias, [bias.length]), 1);
}

const conventional = (image: Tensor, { scale, offset }: InputConvention): Tensor =>
  subtract(multiply(image, byChannel(scale)), byChannel(offset));

const byChannel = (values: readonly number[]): Tensor => constant(Float32Array.from(values), [1, 3, 1, 1]);
