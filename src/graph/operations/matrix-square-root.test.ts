import { describe, expect, it } from "vitest";
import { evaluate, uniform } from "../../../test/evaluate.ts";
import { gradients } from "../gradients.ts";
import { input } from "../tensor.ts";
import { add } from "./add.ts";
import { identity } from "./identity.ts";
import { matmul } from "./matmul.ts";
import { matrixInverseSquareRoot, matrixSquareRoot } from "./matrix-square-root.ts";
import { scale } from "./multiply.ts";
import { total } from "./sum.ts";
import { transpose } from "./transpose.ts";

const x = input("x", [9, 9]);
/** X Xᵀ + 0.1 I: symmetric, and positive definite whatever X. */
const positiveDefinite = add(matmul(x, transpose(x)), scale(0.1, identity(9)));

describe("the square root of a matrix and its inverse", () => {
  it.each([
    ["of one order", [4, 9]],
    ["a millionth apart", [1, 1e-6]],
    ["of nothing but rounding", [1e-12, 1e-12]],
  ])("are those of a diagonal's values, %s", async (_, [first, second]) => {
    const a = input("a", [2, 2]);
    const { root } = await evaluate(
      { root: matrixSquareRoot(a) },
      { a: Float32Array.of(first, 0, 0, second) },
    );
    expect(root[0] / Math.sqrt(first)).toBeCloseTo(1, 4);
    expect(root[3] / Math.sqrt(second)).toBeCloseTo(1, 2);
    expect([root[1], root[2]]).toEqual([0, 0]);
  });

  it("give the matrix back when squared, and the identity together", async () => {
    const root = matrixSquareRoot(positiveDefinite);
    const outputs = {
      matrix: positiveDefinite,
      squared: matmul(root, root),
      one: matmul(root, matrixInverseSquareRoot(positiveDefinite)),
    };
    const { matrix, squared, one } = await evaluate(outputs, { x: uniform([9, 9], 3) });
    for (const [index, value] of squared.entries()) expect(value).toBeCloseTo(matrix[index], 4);
    for (const [index, value] of one.entries()) expect(value).toBeCloseTo(index % 10 === 0 ? 1 : 0, 4);
  });

  it("say that they have no gradient", () => {
    expect(() => gradients(total(matrixSquareRoot(positiveDefinite)), [x])).toThrow(
      /matrixSquareRoot has no gradient/,
    );
  });

  it("refuse a matrix that is not square", () => {
    expect(() => matrixSquareRoot(input("b", [2, 3]))).toThrow(
      /matrixSquareRoot: expected a square matrix.*\[2, 3\]/,
    );
  });
});
