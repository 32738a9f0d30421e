/**
 * Frequencies in place of pixels: A z = H (a ∘ z) H, where H is Hartley's transform, the Fourier transform's real sibling,
 * H_jk = (cos + sin)(2π jk / n) / √n, which is its own inverse; and a ~ f^(−p), as photographs have it at p = 1. The colours
 * are not decorrelated.
 * @module
 */
import { multiply } from "../../../src/graph/operations/multiply.ts";
import { reshape } from "../../../src/graph/operations/reshape.ts";
import type { Tensor } from "../../../src/graph/tensor.ts";
import type { Size } from "../../../src/image/size.ts";
import type { LinearMapAt } from "./linear-map.ts";
import { matrixOf, separable } from "./separable.ts";

/** Makes the map. @param power p, how fast amplitudes fall with frequency; with 0, A is orthonormal. */
export const fourierVariables =
  (power: number): LinearMapAt =>
  (size) => {
    const [high, wide] = [hartley(size.height), hartley(size.width)];
    const amplitudes = amplitudesOf(size, power);
    const shape = [3, size.height, size.width];
    return {
      length: 3 * size.height * size.width,
      apply: (z) => separable(multiply(reshape(z, shape), amplitudes), high, wide),
    };
  };

function hartley(n: number): Tensor {
  return matrixOf(n, n, (j, k) => {
    // Whole turns are left out before they cost digits.
    const angle = (2 * Math.PI * ((j * k) % n)) / n;
    return (Math.cos(angle) + Math.sin(angle)) / Math.sqrt(n);
  });
}

/** max(f, the lowest)^(−p), f in cycles per pixel; their mean square is 1. */
function amplitudesOf({ width, height }: Size, power: number): Tensor {
  const lowest = 1 / Math.max(width, height);
  const unscaled = (y: number, x: number) =>
    Math.max(Math.hypot(frequency(y, height), frequency(x, width)), lowest) ** -power;
  let squares = 0;
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) squares += unscaled(y, x) ** 2;
  const rms = Math.sqrt(squares / (width * height));
  return matrixOf(height, width, (y, x) => unscaled(y, x) / rms);
}

/** Row k of H has as many cycles as row n − k. */
const frequency = (k: number, n: number): number => Math.min(k, n - k) / n;
