/**
 * A Laplacian pyramid in place of pixels: A z = Σ_l U_l z_l, where z_l is a picture 2^l times smaller and U_l enlarges it
 * bilinearly. A stroke is then one variable's to move, whatever its size.
 * @module
 */
import { add } from "../../../src/graph/operations/add.ts";
import { reshape } from "../../../src/graph/operations/reshape.ts";
import { sliceAxis } from "../../../src/graph/operations/slice.ts";
import type { Tensor } from "../../../src/graph/tensor.ts";
import type { LinearMapAt } from "./linear-map.ts";
import { matrixOf, separable } from "./separable.ts";

/** Makes the map. @param count how many levels, the pixels themselves included. */
export const pyramidVariables =
  (count: number): LinearMapAt =>
  ({ width, height }) => {
    let length = 0;
    const levels = Array.from({ length: count }, (_, level) => {
      const [h, w] = [Math.ceil(height / 2 ** level), Math.ceil(width / 2 ** level)];
      const start = length;
      length += 3 * h * w;
      const [high, wide] = [bilinear(h, height), bilinear(w, width)];
      return (z: Tensor) =>
        separable(reshape(sliceAxis(z, 0, start, start + 3 * h * w), [3, h, w]), high, wide);
    });
    return {
      length,
      apply(z) {
        const [finest, ...coarser] = levels.map((enlarged) => enlarged(z));
        return add(finest, ...coarser);
      },
    };
  };

/** How much sample `i` of `from` counts in sample `j` of `to`: 1 where they meet, 0 from its neighbours on. */
function bilinear(from: number, to: number): Tensor {
  return matrixOf(from, to, (i, j) => {
    // Beyond the outermost samples' centres, those samples.
    const at = Math.min(from - 1, Math.max(0, ((j + 0.5) * from) / to - 0.5));
    return Math.max(0, 1 - Math.abs(at - i));
  });
}
