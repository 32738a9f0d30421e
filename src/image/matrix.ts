/**
 * Three by three matrices, for colours.
 * @module
 */

/** Three of a kind: red, green and blue, or X, Y and Z. */
export type Triple<T> = readonly [T, T, T];

/** Three rows. */
export type Matrix = Triple<Triple<number>>;

/** Changes nothing. */
export const IDENTITY: Matrix = [
  [1, 0, 0],
  [0, 1, 0],
  [0, 0, 1],
];

/** The product of a matrix and a column. */
export const apply = (matrix: Matrix, [x, y, z]: Triple<number>): Triple<number> => {
  const row = ([a, b, c]: Triple<number>): number => a * x + b * y + c * z;
  return [row(matrix[0]), row(matrix[1]), row(matrix[2])];
};

/** The product of two matrices. */
export const multiply = (left: Matrix, right: Matrix): Matrix => {
  const [a, b, c] = transpose(right);
  return transpose([apply(left, a), apply(left, b), apply(left, c)]);
};

/** Columns to rows. */
export const transpose = ([a, b, c]: Matrix): Matrix => [
  [a[0], b[0], c[0]],
  [a[1], b[1], c[1]],
  [a[2], b[2], c[2]],
];

/** The inverse, by cross products of the rows; not finite where there is none. */
export function invert([a, b, c]: Matrix): Matrix {
  const [bc, ca, ab] = [cross(b, c), cross(c, a), cross(a, b)];
  const determinant = a[0] * bc[0] + a[1] * bc[1] + a[2] * bc[2];
  const scaled = ([x, y, z]: Triple<number>): Triple<number> => [
    x / determinant,
    y / determinant,
    z / determinant,
  ];
  return transpose([scaled(bc), scaled(ca), scaled(ab)]);
}

const cross = (a: Triple<number>, b: Triple<number>): Triple<number> => [
  a[1] * b[2] - a[2] * b[1],
  a[2] * b[0] - a[0] * b[2],
  a[0] * b[1] - a[1] * b[0],
];
