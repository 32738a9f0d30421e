import { describe, expect, test } from "vitest";
import { evaluate } from "../../../test/evaluate.ts";
import { ShapeError } from "../shape.ts";
import { apply, constant, input, type Tensor } from "../tensor.ts";
import { add } from "./add.ts";
import { concatenate } from "./concatenate.ts";
import { matmul } from "./matmul.ts";
import { reshape } from "./reshape.ts";
import { rowProducts } from "./row-products.ts";
import { pad, slice, sliceAxis } from "./slice.ts";
import { expand, sum, sumOperation, sumTo, total } from "./sum.ts";
import { transpose } from "./transpose.ts";

const matrix = constant(Float32Array.of(1, 2, 3, 4, 5, 6), [2, 3]);
const valuesOf = async (y: Tensor): Promise<number[]> => [...(await evaluate({ y })).y];

describe("A matrix of 2 rows and 3 columns", () => {
  test.each<[string, Tensor, number[]]>([
    ["summed over its rows", sum(matrix, [0]), [5, 7, 9]],
    ["summed over its columns", sum(matrix, [1]), [6, 15]],
    ["summed altogether", total(matrix), [21]],
    ["summed back to a row", sumTo(matrix, [3]), [5, 7, 9]],
    ["summed back to a number", sumTo(matrix, []), [21]],
    ["transposed", transpose(matrix), [1, 4, 2, 5, 3, 6]],
    ["reshaped", reshape(matrix, [3, 2]), [1, 2, 3, 4, 5, 6]],
    ["cut", sliceAxis(matrix, 1, 1, 3), [2, 3, 5, 6]],
    ["padded", pad(matrix, [0, 1], [1, 0]), [0, 1, 2, 3, 0, 4, 5, 6, 0, 0, 0, 0]],
    ["joined below", concatenate([matrix, matrix], 0), [1, 2, 3, 4, 5, 6, 1, 2, 3, 4, 5, 6]],
    ["joined beside", concatenate([matrix, matrix], 1), [1, 2, 3, 1, 2, 3, 4, 5, 6, 4, 5, 6]],
    ["multiplied with its transpose", matmul(matrix, transpose(matrix)), [14, 32, 32, 77]],
    ["multiplied row by row", rowProducts(matrix), [14, 32, 32, 77]],
    ["of which one row is repeated", expand(slice(matrix, [0, 0], [1, 3]), [2, 3]), [1, 2, 3, 1, 2, 3]],
  ])("is what it should be when %s", async (_, y, expected) => {
    expect(await valuesOf(y)).toEqual(expected);
  });

  test("is left as it is by operations with nothing to do", () => {
    expect(reshape(matrix, [2, 3])).toBe(matrix);
    expect(expand(matrix, [2, 3])).toBe(matrix);
    expect(slice(matrix, [0, 0], [2, 3])).toBe(matrix);
    expect(pad(matrix, [0, 0], [0, 0])).toBe(matrix);
    expect(sumTo(matrix, [2, 3])).toBe(matrix);
  });
});

test("The sum of a million equal numbers is a million times the number, also in single precision", async () => {
  const many = input("many", [1, 4, 512, 512]);
  const { y } = await evaluate({ y: total(many) }, { many: new Float32Array(2 ** 20).fill(0.3) });
  expect(y[0] / (0.3 * 2 ** 20)).toBeCloseTo(1, 5);
});

const m = (...shape: number[]): Tensor => input("x", shape);

test.each<[string, () => Tensor, string]>([
  ["add", () => add(m(2, 3), m(3, 2)), "[2, 3] and [3, 2]"],
  ["matmul", () => matmul(m(2, 3), m(2, 3)), "[2, 3] and [2, 3]"],
  ["matmul", () => matmul(m(1, 2, 3), m(2, 3, 2)), "[1, 2, 3] and [2, 3, 2]"],
  ["reshape", () => reshape(m(2, 3), [5]), "[2, 3] and [5]"],
  ["transpose", () => transpose(m(2, 3), [0, 0]), "[2, 3]"],
  ["rowProducts", () => rowProducts(m(1, 2, 3)), "[1, 2, 3]"],
  ["concatenate", () => concatenate([m(2, 3), m(3, 2)], 0), "[2, 3] and [3, 2]"],
  ["expand", () => expand(m(2, 3), [2, 4]), "[2, 3] and [2, 4]"],
  ["expand", () => expand(m(2, 3), [3]), "[2, 3] and [3]"],
  ["slice", () => slice(m(2, 3), [0, 0], [2, 4]), "[2, 3] and [0, 0] and [2, 4]"],
  ["pad", () => pad(m(2, 3), [1], [1]), "[2, 3] and [1] and [1]"],
  ["sum", () => apply(sumOperation, [m(2, 3)], { axes: [2] }), "[2, 3]"],
  ["constant", () => constant(new Float32Array(5), [2, 3]), "[2, 3]"],
])("%s refuses what does not fit, naming itself and the shapes", (name, make, shapes) => {
  expect(make).toThrow(ShapeError);
  expect(make).toThrow(`${name}: expected`);
  expect(make).toThrow(`, got ${shapes}`);
});
