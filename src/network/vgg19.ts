/**
 * VGG-19 (Simonyan and Zisserman, 2015) as a graph: 3×3 convolutions and ReLUs, a 2×2 pooling after each block.
 * It knows the weights' input convention, and nothing of where they came from or what its features are for.
 * @module
 */
import { averagePool } from "../graph/operations/average-pool.ts";
import { convolution } from "../graph/operations/convolution.ts";
import { maxPool } from "../graph/operations/max-pool.ts";
import { multiply } from "../graph/operations/multiply.ts";
import { relu } from "../graph/operations/relu.ts";
import { subtract } from "../graph/operations/subtract.ts";
import { constant, type Tensor } from "../graph/tensor.ts";
import { blockOf, LAYERS, type Layer } from "./layers.ts";
import { type MeanActivations, normalizeWeights } from "./mean-activations.ts";
import type { BuildOptions, FeatureMap, Features, Network, Pooling } from "./network.ts";
import type { ConvolutionWeights, InputConvention, VggWeights } from "./weights.ts";

/** A network from VGG-19's weights. @param means the mean activation of each filter, for normalised features. */
export function vgg19(name: string, weights: VggWeights, means: MeanActivations): Network {
  const { layers, checksum, input } = weights;
  return {
    name,
    checksum,
    largeFeatures: input.name === "oxford",
    features(image, { normalized, ...options }) {
      return vggFeatures(image, input, normalized ? normalizeWeights(layers, means) : layers, options);
    },
  };
}

/** The features of VGG-19's architecture with any weights, of any width. */
export function vggFeatures(
  image: Tensor,
  input: InputConvention,
  weights: Readonly<Partial<Record<Layer, ConvolutionWeights>>>,
  { pooling, layers }: Omit<BuildOptions, "normalized">,
): Features {
  const deepest = Math.max(...layers.map((layer) => LAYERS.indexOf(layer)));
  const features = new Map<Layer, FeatureMap>();
  let preactivation: Tensor | undefined;
  let x = conventional(image, input);
  for (const [index, layer] of LAYERS.slice(0, deepest + 1).entries()) {
    const before = LAYERS[index - 1];
    if (preactivation && before && blockOf(before) !== blockOf(layer)) x = pool(preactivation, pooling);
    preactivation = convolve(x, weights[layer]);
    x = relu(preactivation);
    if (layers.includes(layer)) features.set(layer, { tensor: x, channels: x.shape[1] ?? 0 });
  }
  return features;
}

/** Max pooling comes before the ReLU, for max(relu(x)) = relu(max(x)) and the rectifier then costs a quarter. */
const pool = (preactivation: Tensor, pooling: Pooling): Tensor =>
  pooling === "max" ? relu(maxPool(preactivation)) : averagePool(relu(preactivation));

function convolve(x: Tensor, { kernel, bias }: ConvolutionWeights = { kernel: EMPTY, bias: EMPTY }): Tensor {
  const [, channels = 0] = x.shape;
  return convolution(x, constant(kernel, [bias.length, channels, 3, 3]), constant(bias, [bias.length]), 1);
}

const EMPTY = new Float32Array();

const conventional = (image: Tensor, { scale, offset }: InputConvention): Tensor =>
  subtract(multiply(image, byChannel(scale)), byChannel(offset));

const byChannel = (values: readonly number[]): Tensor => constant(Float32Array.from(values), [1, 3, 1, 1]);
