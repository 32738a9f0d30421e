import { describe, expect, it } from "vitest";
import { evaluate, uniform } from "../../../test/evaluate.ts";
import { expectGradientOfDifferences } from "../../../test/finite-differences.ts";
import { gradients } from "../gradients.ts";
import { constant, input } from "../tensor.ts";
import { add } from "./add.ts";
import { matmul } from "./matmul.ts";
import { matrixInverseSquareRoot, matrixSquareRoot, traceOfSquareRoot } from "./matrix-square-root.ts";
import { scale } from "./multiply.ts";
import { transpose } from "./transpose.ts";

const SIZE = 9;
const identity = Float32Array.from({ length: SIZE * SIZE }, (_, i) => (i % (SIZE + 1) === 0 ? 1 : 0));
const x = input("x", [SIZE, SIZE]);
const values = uniform([SIZE, SIZE], 3);
/** X Xᵀ + 0.1 I: symmetric, and positive definite whatever X. */
const positiveDefinite = add(matmul(x, transpose(x)), scale(0.1, constant(identity, [SIZE, SIZE])));

const expectClose = (found: Float32Array, wanted: Float32Array, tolerance: number) => {
  for (const [index, value] of found.entries())
    expect(Math.abs(value - wanted[index])).toBeLessThan(tolerance);
};

describe("square roots of matrices", () => {
  it("are those of the values on a diagonal", async () => {
    const a = input("a", [2, 2]);
    const outputs = {
      root: matrixSquareRoot(a),
      inverse: matrixInverseSquareRoot(a),
      trace: traceOfSquareRoot(a),
    };
    const { root, inverse, trace } = await evaluate(outputs, { a: Float32Array.of(4, 0, 0, 9) });
    expectClose(root, Float32Array.of(2, 0, 0, 3), 1e-5);
    expectClose(inverse, Float32Array.of(1 / 2, 0, 0, 1 / 3), 1e-5);
    expect(trace[0]).toBeCloseTo(5, 5);
  });

  it("give the matrix back when squared, and the identity with their inverse", async () => {
    const root = matrixSquareRoot(positiveDefinite);
    const outputs = {
      matrix: positiveDefinite,
      squared: matmul(root, root),
      one: matmul(root, matrixInverseSquareRoot(positiveDefinite)),
    };
    const { matrix, squared, one } = await evaluate(outputs, { x: values });
    expectClose(squared, matrix, 1e-4);
    expectClose(one, identity, 1e-3);
  });

  it("stay finite where an eigenvalue is a billionth of another", async () => {
    const a = input("a", [2, 2]);
    const [gradient] = gradients(traceOfSquareRoot(a), [a]);
    const { trace, g } = await evaluate(
      { trace: traceOfSquareRoot(a), g: gradient },
      { a: Float32Array.of(1, 0, 0, 1e-9) },
    );
    expect(trace[0]).toBeCloseTo(1, 3);
    expect(g.every(Number.isFinite)).toBe(true);
  });

  it("have a trace whose gradient agrees with differences", async () => {
    await expectGradientOfDifferences(traceOfSquareRoot(positiveDefinite), { x: { tensor: x, values } });
  });

  it("say that the roots themselves have no gradient here", () => {
    const loss = traceOfSquareRoot(matrixSquareRoot(positiveDefinite));
    expect(() => gradients(loss, [x])).toThrow(/matrixSquareRoot has no gradient/);
  });

  it("refuse a matrix that is not square", () => {
    expect(() => traceOfSquareRoot(input("b", [2, 3]))).toThrow(
      /traceOfSquareRoot: expected a square matrix.*\[2, 3\]/,
    );
  });
});
