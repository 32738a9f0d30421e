/**
 * The weights of a VGG-19 in memory, whatever file they came from, and the checks every file must pass.
 * Here too: which input a first convolution was made for, told from its values. No file is read here.
 * @module
 */
import { ImpastoError } from "../errors.ts";
import { channelsOf, inputChannelsOf, LAYERS, type Layer, torchvisionIndexOf } from "./layers.ts";

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
 * How a file's first convolution takes its picture: `oxford` as {@link OXFORD}, `caffe` the same values for BGR
 * (as the original Caffe and Keras files hold them), `torchvision` as {@link TORCHVISION}.
 */
export const CONVENTIONS = ["oxford", "caffe", "torchvision"] as const;

/** One of {@link CONVENTIONS}. */
export type Convention = (typeof CONVENTIONS)[number];

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

/** A kernel `[out, 3, 3, 3]` for RGB from one for BGR, or the other way round. */
export const reverseInputChannels = (kernel: Float32Array): Float32Array => {
  const reversed = new Float32Array(kernel.length);
  for (let filter = 0; filter < kernel.length; filter += 27) {
    for (const channel of [0, 1, 2]) {
      const from = filter + 9 * channel;
      reversed.set(kernel.subarray(from, from + 9), filter + 9 * (2 - channel));
    }
  }
  return reversed;
};

/** Sums over the taps of eight filters of Oxford's conv1_1, for R, G and B: those that tell red from blue best. */
const OXFORD_SUMS: readonly (readonly [filter: number, r: number, g: number, b: number])[] = [
  [5, -0.4918, -1.6364, 1.9187],
  [16, 1.5809, -0.8284, -0.5864],
  [22, -1.6499, 0.3309, 1.3267],
  [25, -1.4028, 0.9838, 1.4462],
  [27, 0.4663, 0.9115, -1.6256],
  [29, 1.3655, -0.592, -1.6116],
  [36, -1.5273, 0.299, 0.3579],
  [59, 1.0633, 1.509, -1.7469],
];

/**
 * Tells the convention of a first convolution from its values, if they are Oxford's in one of {@link CONVENTIONS}.
 * The values are compared, not their magnitude: only Oxford's rewritten for torchvision's input are 58 times larger;
 * a network trained on that input, as torchvision's own was, may have kernels of any size.
 *
 * @param kernel - conv1_1, `[64, 3, 3, 3]`; half precision and light fine-tuning (10 %) are tolerated.
 * @returns `undefined` for other weights, torchvision's own among them.
 */
export const recogniseConvention = (kernel: Float32Array): Convention | undefined => {
  const sumOf = (filter: number, channel: number): number => {
    const from = 27 * filter + 9 * channel;
    return kernel.subarray(from, from + 9).reduce((sum, value) => sum + value, 0);
  };
  const distance = (convention: Convention): number => {
    let [difference, norm] = [0, 0];
    for (const [filter, ...sums] of OXFORD_SUMS) {
      sums.forEach((sum, channel) => {
        const scale = convention === "torchvision" ? 255 / (TORCHVISION.scale[channel] ?? 1) : 1;
        const found = sumOf(filter, convention === "caffe" ? 2 - channel : channel) / scale;
        difference += (found - sum) ** 2;
        norm += sum ** 2;
      });
    }
    return Math.sqrt(difference / norm);
  };
  return CONVENTIONS.find((convention) => distance(convention) < 0.1);
};

/** Where a layer's two tensors are in a file with torchvision's names. */
export interface TensorNames {
  readonly kernel: string;
  readonly bias: string;
}

/**
 * Finds VGG-19's layers among tensors named as torchvision does: `features.N.weight` and `features.N.bias`,
 * also with a prefix (`module.features.N.weight`) or without `features.` (`N.weight`).
 *
 * @param file - Named in the message.
 * @param shapes - The shape of each tensor of the file, by name.
 * @throws {ImpastoError} If a layer is missing or has another shape.
 */
export const findTorchvisionLayers = (
  file: string,
  shapes: ReadonlyMap<string, readonly number[]>,
): ReadonlyMap<Layer, TensorNames> => {
  const namesIn = (prefix: string) => (layer: Layer) => ({
    kernel: `${prefix}${torchvisionIndexOf(layer)}.weight`,
    bias: `${prefix}${torchvisionIndexOf(layer)}.bias`,
  });
  const held = (prefix: string): number =>
    LAYERS.filter((layer) => shapes.has(namesIn(prefix)(layer).kernel)).length;
  const prefixes = [...shapes]
    .filter(([name, shape]) => shape.length === 4 && /(?:^|\.)0\.weight$/.test(name))
    .map(([name]) => name.slice(0, -"0.weight".length));
  const prefix = prefixes.reduce(
    (best, next) => (held(next) > held(best) ? next : best),
    prefixes[0] ?? "features.",
  );
  const found = new Map<Layer, TensorNames>();
  for (const layer of LAYERS) {
    const names = namesIn(prefix)(layer);
    const [kernel, bias] = [shapes.get(names.kernel), shapes.get(names.bias)];
    if (kernel === undefined || bias === undefined) {
      throw new ImpastoError(
        `${file} holds no ${kernel === undefined ? names.kernel : names.bias}; expected VGG-19 without batch normalisation under torchvision's names`,
      );
    }
    checkShapes(file, names.kernel.replace(/\.weight$/, ""), layer, "oihw", kernel, bias);
    found.set(layer, names);
  }
  return found;
};
