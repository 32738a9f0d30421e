/**
 * The weights of a VGG-19 in memory, whatever file they came from, and the checks every file must pass.
 * Here too: which input a first convolution was made for, told from its values. No file is read here.
 * @module
 */
import { ImpastoError } from "../errors.ts";
import { channelsOf, inputChannelsOf, type Layer } from "./layers.ts";

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

/**
 * Checks the shapes of a convolution as a file states them.
 *
 * @param file - Named in the message.
 * @param name - The layer as the file calls it.
 * @param kernel - In the order `order` spells, such as `[out, in, 3, 3]`.
 * @throws {ImpastoError} If a shape is not that of the layer of VGG-19.
 */
export const checkShapes = (
  file: string,
  name: string,
  layer: Layer,
  order: "oihw" | "hwio",
  kernel: readonly number[],
  bias: readonly number[],
): void => {
  const [out, into] = [channelsOf(layer), inputChannelsOf(layer)];
  const expected = order === "oihw" ? [out, into, 3, 3] : [3, 3, into, out];
  const check = (what: string, want: readonly number[], got: readonly number[]): void => {
    if (want.length === got.length && want.every((size, axis) => size === got[axis])) return;
    throw new ImpastoError(
      `${file}: expected shape [${want.join(", ")}] for the ${what} of ${name} but received [${got.join(", ")}]; is this a VGG-19?`,
    );
  };
  check("kernel", expected, kernel);
  check("bias", [out], bias);
};

/**
 * Checks that every value of a layer is a finite number.
 *
 * @throws {ImpastoError} If a value is NaN or infinite; the message names file and layer.
 */
export const checkFinite = (file: string, name: string, weights: ConvolutionWeights): void => {
  for (const values of [weights.kernel, weights.bias]) {
    for (const value of values) {
      if (!Number.isFinite(value)) {
        throw new ImpastoError(
          `${file}: ${name} holds ${value}; the file is damaged, fetch or convert it again`,
        );
      }
    }
  }
};
