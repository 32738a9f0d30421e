/**
 * The built-in network: VGG-19's shape with fewer channels, taught by VGG-19 ("collaborative distillation", Wang et al.,
 * CVPR 2020). For each layer it was taught, a linear map W s + b comes close to VGG-19's features; with RᵀR = [W b]ᵀ[W b],
 * R [s; 1] has the same inner products and distances in far fewer rows, so losses computed from it are in VGG-19's units.
 * @module
 */
import { ImpastoError, MisuseError } from "../errors.ts";
import { constant } from "../graph/tensor.ts";
import { blockOf, channelsOf, LAYERS, type Layer } from "./layers.ts";
import { type FeatureMap, featuresAt, type Network } from "./network.ts";
import type { Safetensors } from "./safetensors.ts";
import { type ConvolutionTensors, vggFeatures } from "./vgg19.ts";
import { OXFORD } from "./weights.ts";

/** The last convolution the student has. */
const DEEPEST: Layer = "conv5_1";

/** The student's convolutions, in order. */
export const STUDENT_LAYERS: readonly Layer[] = LAYERS.slice(0, LAYERS.indexOf(DEEPEST) + 1);

/** The layers at which the student was taught, and therefore has heads. */
export const TAUGHT_LAYERS = [
  "conv1_1",
  "conv1_2",
  "conv2_1",
  "conv2_2",
  "conv3_1",
  "conv3_4",
  "conv4_1",
  "conv4_2",
  "conv5_1",
] as const satisfies readonly Layer[];

/** Oxford's convention in hundreds, so that the student's inputs are about 1. */
export const STUDENT_INPUT = {
  scale: [2.55, 2.55, 2.55],
  offset: [OXFORD.offset[0] / 100, OXFORD.offset[1] / 100, OXFORD.offset[2] / 100],
} as const;

/** Names of the tensors in the student's file. */
export const kernelName = (layer: Layer): string => `${layer}.kernel`;
export const biasName = (layer: Layer): string => `${layer}.bias`;
/** R of a layer, `[C + 1, C + 1]`, the last column for the constant: for raw features, or for normalised ones. */
export const headName = (layer: Layer, normalized: boolean): string =>
  `${layer}.${normalized ? "normalized" : "raw"}`;

/**
 * A network from the student's file.
 * @throws ImpastoError when a tensor is missing or no kernel, bias or head.
 */
export function studentNetwork({ tensors }: Safetensors, checksum: string): Network {
  const tensor = (name: string, rank: number) => {
    const found = tensors.get(name);
    if (found?.shape.length !== rank) throw incomplete(name);
    return constant(found.data, found.shape);
  };
  const convolutions = new Map(
    STUDENT_LAYERS.map((layer): [Layer, ConvolutionTensors] => [
      layer,
      { kernel: tensor(kernelName(layer), 4), bias: tensor(biasName(layer), 1) },
    ]),
  );
  const weightsOf = (layer: Layer): ConvolutionTensors => {
    const found = convolutions.get(layer);
    if (found === undefined) throw noHead(layer);
    return found;
  };
  const heads = new Map(
    TAUGHT_LAYERS.flatMap((layer) => [true, false].map((normalized) => headName(layer, normalized))).map(
      (name) => {
        const head = tensor(name, 2);
        const [rows, columns] = head.shape;
        if (rows === 0 || rows !== columns) throw incomplete(name);
        return [name, head] as const;
      },
    ),
  );
  return {
    name: "built-in",
    checksum,
    largeFeatures: true,
    standsIn: true,
    features(image, { normalized, ...options }) {
      const chosen = options.layers.map((layer) => {
        const head = heads.get(headName(layer, normalized));
        if (head === undefined) throw noHead(layer);
        return { layer, head };
      });
      const features = vggFeatures(image, STUDENT_INPUT, weightsOf, options);
      return new Map(
        chosen.map(({ layer, head }): [Layer, FeatureMap] => {
          const { tensor } = featuresAt(features, layer);
          return [layer, { tensor, head, channels: channelsOf(layer) }];
        }),
      );
    },
  };
}

const incomplete = (name: string): ImpastoError =>
  new ImpastoError(`The built-in network's file has no ${name}: install impasto again.`);

const noHead = (layer: Layer): MisuseError =>
  new MisuseError(
    `The built-in network has no features for ${layer}; it has ${TAUGHT_LAYERS.join(", ")}. Use VGG-19 for the others.`,
  );

/** The layer whose (pooled) features a layer takes in; undefined for the first. */
export const layerBefore = (layer: Layer): Layer | undefined => LAYERS[LAYERS.indexOf(layer) - 1];

/** Whether a pooling stands before the layer. */
export const startsBlock = (layer: Layer): boolean => {
  const before = layerBefore(layer);
  return before !== undefined && blockOf(before) !== blockOf(layer);
};
