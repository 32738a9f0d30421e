/**
 * What the maps have in common: planes multiplied with one matrix along their columns and another along their rows.
 * @module
 */
import { matmul } from "../../../src/graph/operations/matmul.ts";
import { reshape } from "../../../src/graph/operations/reshape.ts";
import { transpose } from "../../../src/graph/operations/transpose.ts";
import { constant, type Tensor } from "../../../src/graph/tensor.ts";

/** Mᵀ x N for each plane x. @param planes `[count, h, w]`; M is `[h, height]` and N `[w, width]`. */
export const separable = (planes: Tensor, M: Tensor, N: Tensor): Tensor =>
  transpose(alongRows(transpose(alongRows(planes, N)), M));

function alongRows(planes: Tensor, matrix: Tensor): Tensor {
  const [count = 1, rows = 1, length = 1] = planes.shape;
  const product = matmul(reshape(planes, [count * rows, length]), matrix);
  return reshape(product, [count, rows, product.shape[1] ?? 1]);
}

/** A constant matrix, value by value. */
export const matrixOf = (
  rows: number,
  columns: number,
  value: (row: number, column: number) => number,
): Tensor =>
  constant(
    Float32Array.from({ length: rows * columns }, (_, i) => value(Math.floor(i / columns), i % columns)),
    [rows, columns],
  );
