/**
 * The weights of a VGG-19 in memory, whatever file they came from, and the checks every file must pass.
 * @module
 */
import type { Layer } from "./layers.ts";

/** One convolution: kernel `[out, in, 3, 3]` and bias `[out]`. */
export interface ConvolutionWeights {
  readonly kernel: Float32Array;
  readonly bias: Float32Array;
}

/** What the first convolution expects: `scale · rgb − offset` for RGB in [0, 1], channel by channel. */
export interface InputConvention {
  readonly name: "oxford" | "torchvision";
  readonly scale: readonly [number, number, number];
  readonly offset: readonly [number, number, number];
}

/** The original Oxford weights, kernels rewritten for RGB: 255·rgb − (123.68, 116.779, 103.939). */
export const OXFORD: InputConvention = {
  name: "oxford",
  scale: [255, 255, 255],
  offset: [123.68, 116.779, 103.939],
};

/** torchvision's weights: (rgb − mean) / std with mean 0.485, 0.456, 0.406 and std 0.229, 0.224, 0.225. */
export const TORCHVISION: InputConvention = {
  name: "torchvision",
  scale: [1 / 0.229, 1 / 0.224, 1 / 0.225],
  offset: [0.485 / 0.229, 0.456 / 0.224, 0.406 / 0.225],
};

/** A VGG-19 ready to build a graph from. */
export interface VggWeights {
  readonly layers: Readonly<Record<Layer, ConvolutionWeights>>;
  readonly input: InputConvention;
  /** SHA-256 of the file, in hexadecimal. */
  readonly checksum: string;
}
