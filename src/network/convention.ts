/**
 * The input conventions that files of VGG-19 weights come in, and how to tell them apart by the values.
 * @module
 */
import { TORCHVISION } from "./weights.ts";

/**
 * How a file's first convolution takes its picture: `oxford` as {@link OXFORD}, `caffe` the same values for BGR
 * (as the original Caffe and Keras files hold them), `torchvision` as {@link TORCHVISION}.
 */
export const CONVENTIONS = ["oxford", "caffe", "torchvision"] as const;

/** One of {@link CONVENTIONS}. */
export type Convention = (typeof CONVENTIONS)[number];

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
        const scale = convention === "torchvision" ? 255 / TORCHVISION.scale[channel] : 1;
        const found = sumOf(filter, convention === "caffe" ? 2 - channel : channel) / scale;
        difference += (found - sum) ** 2;
        norm += sum ** 2;
      });
    }
    return Math.sqrt(difference / norm);
  };
  return CONVENTIONS.find((convention) => distance(convention) < 0.1);
};
