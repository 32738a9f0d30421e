/**
 * Resampling of planar float data: separable bicubic (Keys, a = -1/2), widened by the scale when reducing
 * so that it also filters what the smaller grid cannot hold. Weights are normalised where the kernel
 * leaves the picture, as Pillow's BICUBIC does. Knows nothing of colours or of [0, 1].
 * @module
 */

import { MisuseError } from "../errors.ts";

/** For each new sample: where its window starts in the old samples, and the weights of the window. */
interface Taps {
  readonly starts: Int32Array;
  readonly counts: Int32Array;
  /** `stride` weights a new sample, of which the first `counts[i]` are used. */
  readonly weights: Float64Array;
  readonly stride: number;
}

/**
 * Resamples planes to another size, without clamping: bicubic overshoot stays.
 *
 * @param data `[channels, height, width]`, any range.
 * @returns `[channels, newHeight, newWidth]`; `data` itself when the size does not change.
 * @throws MisuseError when a size is not a positive whole number or `data` does not have the stated size.
 * @example
 * const larger = resample(new Float32Array([0, 1]), 1, 1, 2, 1, 4); // [1, 1, 4]
 */
export function resample(
  data: Float32Array,
  channels: number,
  height: number,
  width: number,
  newHeight: number,
  newWidth: number,
): Float32Array {
  for (const size of [channels, height, width, newHeight, newWidth]) {
    if (!Number.isSafeInteger(size) || size < 1) {
      throw new MisuseError(`Expected sizes that are positive whole numbers but received ${size}`);
    }
  }
  if (data.length !== channels * height * width) {
    throw new MisuseError(
      `Expected ${channels}×${height}×${width} numbers to resample but received ${data.length}`,
    );
  }
  const wide = width === newWidth ? data : resampleRows(data, channels * height, width, newWidth);
  return height === newHeight ? wide : resampleColumns(wide, channels, height, newWidth, newHeight);
}

/** `[rows, width]` to `[rows, newWidth]`. */
function resampleRows(data: Float32Array, rows: number, width: number, newWidth: number): Float32Array {
  const { starts, counts, weights, stride } = tapsOf(width, newWidth);
  const result = new Float32Array(rows * newWidth);
  for (let row = 0; row < rows; row++) {
    for (let x = 0; x < newWidth; x++) {
      const from = row * width + (starts[x] ?? 0);
      const count = counts[x] ?? 0;
      let sum = 0;
      for (let k = 0; k < count; k++) sum += (data[from + k] ?? 0) * (weights[x * stride + k] ?? 0);
      result[row * newWidth + x] = sum;
    }
  }
  return result;
}

/** `[channels, height, width]` to `[channels, newHeight, width]`, a whole row at a time. */
function resampleColumns(
  data: Float32Array,
  channels: number,
  height: number,
  width: number,
  newHeight: number,
): Float32Array {
  const { starts, counts, weights, stride } = tapsOf(height, newHeight);
  const result = new Float32Array(channels * newHeight * width);
  const sums = new Float64Array(width);
  for (let channel = 0; channel < channels; channel++) {
    for (let y = 0; y < newHeight; y++) {
      sums.fill(0);
      const count = counts[y] ?? 0;
      for (let k = 0; k < count; k++) {
        const weight = weights[y * stride + k] ?? 0;
        const from = (channel * height + (starts[y] ?? 0) + k) * width;
        for (let x = 0; x < width; x++) sums[x] = (sums[x] ?? 0) + weight * (data[from + x] ?? 0);
      }
      result.set(sums, (channel * newHeight + y) * width);
    }
  }
  return result;
}

/** The windows and weights that take `size` samples to `newSize`. */
function tapsOf(size: number, newSize: number): Taps {
  const scale = size / newSize;
  const widening = Math.max(1, scale);
  const support = 2 * widening;
  const stride = Math.ceil(support) * 2 + 1;
  const starts = new Int32Array(newSize);
  const counts = new Int32Array(newSize);
  const weights = new Float64Array(newSize * stride);
  for (let i = 0; i < newSize; i++) {
    const centre = (i + 0.5) * scale;
    const start = Math.max(0, Math.floor(centre - support + 0.5));
    const count = Math.min(size, Math.floor(centre + support + 0.5)) - start;
    starts[i] = start;
    counts[i] = count;
    const window = weights.subarray(i * stride, i * stride + count);
    let total = 0;
    for (let k = 0; k < count; k++) {
      const weight = bicubic((start + k + 0.5 - centre) / widening);
      window[k] = weight;
      total += weight;
    }
    for (let k = 0; k < count; k++) window[k] = (window[k] ?? 0) / total;
  }
  return { starts, counts, weights, stride };
}

/** Keys' kernel with a = -1/2 (Catmull-Rom): 1 at 0, 0 at the other whole numbers and from 2 on. */
function bicubic(x: number): number {
  const d = Math.abs(x);
  if (d < 1) return (1.5 * d - 2.5) * d * d + 1;
  if (d < 2) return ((-0.5 * d + 2.5) * d - 4) * d + 2;
  return 0;
}
