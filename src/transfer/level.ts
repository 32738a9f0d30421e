/**
 * Keeps even and odd rows level, and columns. Max pooling hands its gradient to one pixel of each window; over a whole
 * picture the even rows are chosen a little more often than the odd ones, or less, and every evaluation drives the two
 * further apart: stripes of period 2. A direction that treats all rows of one parity alike says nothing of the picture,
 * so it is taken out of the gradient: L-BFGS then keeps to pictures whose rows differ as they did at the start, and Adam,
 * which takes a step of its own for each pixel, nearly does.
 * @module
 */
import { multiply, scale } from "../graph/operations/multiply.ts";
import { subtract } from "../graph/operations/subtract.ts";
import { sum } from "../graph/operations/sum.ts";
import type { Shape } from "../graph/shape.ts";
import { constant, type Tensor } from "../graph/tensor.ts";
import type { Size } from "../image/size.ts";
import type { Objective } from "./objective.ts";

/** The objective on pictures whose even and odd rows, and columns, keep the difference of their means. */
export const levelled = (objective: Objective, size: Size): Objective => ({
  async evaluate(variables, weights, signal) {
    const { loss, gradient } = await objective.evaluate(variables, weights, signal);
    level(gradient, size);
    return { loss, gradient };
  },
  release: () => objective.release(),
});

/**
 * Makes the means of even and odd rows equal, and those of even and odd columns, in each plane of `[planes, height, width]`,
 * whose own mean stays.
 */
export function level(values: Float32Array, { width, height }: Size): void {
  for (let start = 0; start < values.length; start += width * height) {
    const plane = values.subarray(start, start + width * height);
    const rows = [0, 0];
    const columns = [0, 0];
    for (let i = 0, y = 0; y < height; y++) {
      for (let x = 0; x < width; x++, i++) {
        rows[y % 2] += plane[i];
        columns[x % 2] += plane[i];
      }
    }
    const [byRow, byColumn] = [excesses(rows, height, width), excesses(columns, width, height)];
    for (let i = 0, y = 0; y < height; y++) {
      for (let x = 0; x < width; x++, i++) plane[i] -= byRow[y % 2] + byColumn[x % 2];
    }
  }
}

/** How far the mean over even lines, and that over odd ones, is from the mean over all; nothing where there is one line. */
function excesses([even, odd]: readonly number[], lines: number, length: number): readonly [number, number] {
  if (lines < 2) return [0, 0];
  const mean = (even + odd) / (lines * length);
  const oddLines = Math.floor(lines / 2);
  return [even / ((lines - oddLines) * length) - mean, odd / (oddLines * length) - mean];
}

/** What {@link level} does, as a graph. @param values `[1, planes, height, width]` */
export function levelledGraph(values: Tensor): Tensor {
  const [, , height, width] = values.shape;
  const mean = scale(1 / (height * width), sum(values, [2, 3]));
  const excess = (lines: number, others: number, shape: Shape): readonly Tensor[] => {
    if (lines < 2) return [];
    return [0, 1].map((parity) => {
      const own = Float32Array.from({ length: lines }, (_, line) => (line % 2 === parity ? 1 : 0));
      const chosen = constant(own, shape);
      const count = own.reduce((count, one) => count + one, 0) * others;
      const meanOfOwn = scale(1 / count, sum(multiply(values, chosen), [2, 3]));
      return multiply(subtract(meanOfOwn, mean), chosen);
    });
  };
  const excesses = [...excess(height, width, [1, 1, height, 1]), ...excess(width, height, [1, 1, 1, width])];
  return excesses.reduce((level, one) => subtract(level, one), values);
}
