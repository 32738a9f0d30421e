/**
 * Keeps even and odd rows level, and columns. Max pooling hands its gradient to one pixel of each window; over a whole
 * picture the even rows are chosen a little more often than the odd ones, or less, and every evaluation drives the two
 * further apart: stripes of period 2. A direction that treats all rows of one parity alike says nothing of the picture,
 * so it is taken out of the gradient; the optimisation is that of pictures whose rows differ as they did at the start.
 * @module
 */
import type { Size } from "../image/size.ts";
import type { Objective } from "./objective.ts";

/** The objective on pictures whose even and odd rows, and columns, keep the difference of their means. */
export const levelled = (objective: Objective, size: Size): Objective => ({
  async evaluate(variables, signal) {
    const { loss, gradient } = await objective.evaluate(variables, signal);
    level(gradient, size);
    return { loss, gradient };
  },
  release: () => objective.release(),
});

/** Takes what even and odd rows, and even and odd columns, differ by out of each plane of `[planes, height, width]`. */
export function level(values: Float32Array, { width, height }: Size): void {
  for (let start = 0; start < values.length; start += width * height) {
    let [byRow, byColumn] = [0, 0];
    for (let i = 0, y = 0; y < height; y++) {
      for (let x = 0; x < width; x++, i++) {
        byRow += y % 2 === 0 ? values[start + i] : -values[start + i];
        byColumn += x % 2 === 0 ? values[start + i] : -values[start + i];
      }
    }
    const pixels = width * height;
    const [row, column] = [byRow / pixels, byColumn / pixels];
    for (let i = 0, y = 0; y < height; y++) {
      for (let x = 0; x < width; x++, i++) {
        values[start + i] -= (y % 2 === 0 ? row : -row) + (x % 2 === 0 ? column : -column);
      }
    }
  }
}
