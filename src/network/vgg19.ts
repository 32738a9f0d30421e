/**
 * VGG-19 (Simonyan and Zisserman, 2015) as a graph: 3×3 convolutions and ReLUs, a 2×2 pooling after each block.
 * It knows the weights' input convention, and nothing of where they came from or what its features are for.
 * @module
 */

import { add } from "../graph/operations/add.ts";
import { averagePool } from "../graph/operations/average-pool.ts";
import { concatenate } from "../graph/operations/concatenate.ts";
import { convolution } from "../graph/operations/convolution.ts";
import { maxPool } from "../graph/operations/max-pool.ts";
import { multiply, scale, square } from "../graph/operations/multiply.ts";
import { relu } from "../graph/operations/relu.ts";
import { sliceAxis } from "../graph/operations/slice.ts";
import { squareRoot } from "../graph/operations/square-root.ts";
import { subtract } from "../graph/operations/subtract.ts";
import { sizeOfAxis } from "../graph/shape.ts";
import { constant, scalar, type Tensor } from "../graph/tensor.ts";
import { recogniseConvention } from "./convention.ts";
import { blockOf, LAYERS, type Layer } from "./layers.ts";
import { type MeanActivations, normalizeWeights } from "./mean-activations.ts";
import type { BuildOptions, FeatureMap, Features, Network, Pooling } from "./network.ts";
import type { ConvolutionWeights, InputConvention, VggWeights } from "./weights.ts";

/** A network from VGG-19's weights. @param means the mean activation of each filter, for normalised features. */
export function vgg19(name: string, weights: VggWeights, means: MeanActivations): Network {
  const { layers, checksum, input } = weights;
  // Once, and only if asked for: the same arrays then serve every size.
  let normalizedLayers: typeof layers | undefined;
  const rescaled = () => {
    normalizedLayers ??= normalizeWeights(layers, means);
    return normalizedLayers;
  };
  return {
    name,
    checksum,
    standsIn: false,
    largeFeatures: input.name === "oxford" || recogniseConvention(layers.conv1_1.kernel) !== undefined,
    features(image, { normalized, ...options }) {
      return vggFeatures(image, input, constantWeights(normalized ? rescaled() : layers), options);
    },
  };
}

/** The weights of one convolution as values of a graph: kernel `[O, C, 3, 3]` and bias `[O]`. */
export interface ConvolutionTensors {
  readonly kernel: Tensor;
  readonly bias: Tensor;
}

/** The features of VGG-19's architecture, of any width, with the weights that `weightsOf` gives for each layer. */
export function vggFeatures(
  image: Tensor,
  input: Pick<InputConvention, "scale" | "offset">,
  weightsOf: (layer: Layer) => ConvolutionTensors,
  { pooling, layers, edges = "zero" }: Omit<BuildOptions, "normalized">,
): Features {
  const deepest = Math.max(...layers.map((layer) => LAYERS.indexOf(layer)));
  const features = new Map<Layer, FeatureMap>();
  let preactivation: Tensor | undefined;
  let x = edges === "replicate" ? replicateEdges(conventional(image, input)) : conventional(image, input);
  for (const [index, layer] of LAYERS.slice(0, deepest + 1).entries()) {
    const before = LAYERS[index - 1];
    if (preactivation && before && blockOf(before) !== blockOf(layer)) x = pool(preactivation, pooling);
    const { kernel, bias } = weightsOf(layer);
    preactivation = convolution(x, kernel, bias, before === undefined && edges === "replicate" ? 0 : 1);
    x = relu(preactivation);
    if (layers.includes(layer)) features.set(layer, { tensor: x, channels: sizeOfAxis(x.shape, 1) });
  }
  return features;
}

/** One more pixel on each side, each the border's own again. */
const replicateEdges = (image: Tensor): Tensor =>
  [2, 3].reduce((x, axis) => {
    const size = sizeOfAxis(x.shape, axis);
    return concatenate([sliceAxis(x, axis, 0, 1), x, sliceAxis(x, axis, size - 1, size)], axis);
  }, image);

/** Weights that are known when the graph is compiled. */
export const constantWeights =
  (weights: Readonly<Record<Layer, ConvolutionWeights>>) =>
  (layer: Layer): ConvolutionTensors => {
    const { kernel, bias } = weights[layer];
    const inputs = kernel.length / bias.length / 9;
    return { kernel: constant(kernel, [bias.length, inputs, 3, 3]), bias: constant(bias, [bias.length]) };
  };

/** Max pooling comes before the ReLU, for max(relu(x)) = relu(max(x)) and the rectifier then costs a quarter. */
function pool(preactivation: Tensor, pooling: Pooling): Tensor {
  switch (pooling) {
    case "max":
      return relu(maxPool(preactivation));
    case "average":
      return averagePool(relu(preactivation));
    case "l2":
      return scale(L2_SCALE, squareRoot(add(averagePool(square(relu(preactivation))), scalar(L2_LEAST))));
  }
}

/** What makes a window's root mean square as large, on the whole, as the maximum that the network was taught with. */
const L2_SCALE = 1.56;
/** Keeps the root from 0, where it has no gradient. */
const L2_LEAST = 1e-8;

const conventional = (image: Tensor, { scale, offset }: Pick<InputConvention, "scale" | "offset">): Tensor =>
  subtract(multiply(image, byChannel(scale)), byChannel(offset));

const byChannel = (values: readonly number[]): Tensor => constant(Float32Array.from(values), [1, 3, 1, 1]);
