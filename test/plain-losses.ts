/**
 * The losses once more, in plain arithmetic on float64: what the graph's are held against.
 * @module
 */
import type { Picture } from "../src/image/picture.ts";

/** Σ (aᵢ − bᵢ)² */
export function sumOfSquares(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] - b[i]) ** 2;
  return sum;
}

/** F Fᵀ, row by row. */
export function gramOf(rows: readonly ArrayLike<number>[]): number[] {
  return rows.flatMap((a) =>
    rows.map((b) => {
      let sum = 0;
      for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
      return sum;
    }),
  );
}

/** Σ |x − right neighbour| + Σ |x − lower neighbour| */
export function variationOf({ width, height, rgb }: Picture): number {
  let sum = 0;
  for (let i = 0; i < rgb.length; i++) {
    const [x, y] = [i % width, Math.floor(i / width) % height];
    if (x + 1 < width) sum += Math.abs(rgb[i] - rgb[i + 1]);
    if (y + 1 < height) sum += Math.abs(rgb[i] - rgb[i + width]);
  }
  return sum;
}
