import { describe, expect, it } from "vitest";
import { evaluate, uniform } from "../../../test/evaluate.ts";
import { expectGradientOfDifferences } from "../../../test/finite-differences.ts";
import { gradients } from "../gradients.ts";
import { input, type Tensor } from "../tensor.ts";
import { add } from "./add.ts";
import { fidelity } from "./fidelity.ts";
import { identity } from "./identity.ts";
import { matmul } from "./matmul.ts";
import { matrixInverseSquareRoot, matrixSquareRoot } from "./matrix-square-root.ts";
import { scale } from "./multiply.ts";
import { rowProducts } from "./row-products.ts";
import { total } from "./sum.ts";
import { transpose } from "./transpose.ts";

const SIZE = 9;
const x = input("x", [SIZE, SIZE]);
const y = input("y", [SIZE, SIZE]);
const values = { x: uniform([SIZE, SIZE], 3), y: uniform([SIZE, SIZE], 4) };
/** X Xᵀ + 0.1 I: symmetric, and positive definite whatever X. */
const positiveDefinite = (x: Tensor) => add(matmul(x, transpose(x)), scale(0.1, identity(SIZE)));

const fidelityOf = (a: Tensor, b: Tensor) => fidelity(matrixSquareRoot(a), matrixInverseSquareRoot(a), b);

/** The fidelity of two diagonal matrices of two values, and its slope by the second. */
async function ofDiagonals(a: readonly [number, number], b: readonly [number, number]) {
  const [root, inverse, covariance] = ["root", "inverse", "covariance"].map((name) => input(name, [2, 2]));
  const value = fidelity(root, inverse, covariance);
  const [slope] = gradients(value, [covariance]);
  const [first, second] = a.map(Math.sqrt);
  return evaluate(
    { value, slope },
    {
      root: Float32Array.of(first, 0, 0, second),
      inverse: Float32Array.of(1 / first, 0, 0, 1 / second),
      covariance: Float32Array.of(b[0], 0, 0, b[1]),
    },
  );
}

describe("the fidelity of two covariances", () => {
  it("is Σ √(λᵢ μᵢ) for diagonals of λ and μ", async () => {
    const { value } = await ofDiagonals([4, 9], [16, 25]);
    expect(value[0]).toBeCloseTo(2 * 4 + 3 * 5, 4);
  });

  it("is the trace for a covariance and itself, and the same with the two exchanged", async () => {
    const [a, b] = [positiveDefinite(x), positiveDefinite(y)];
    const outputs = {
      own: fidelityOf(a, a),
      diagonal: a,
      one: fidelityOf(a, b),
      other: fidelityOf(b, a),
    };
    const { own, diagonal, one, other } = await evaluate(outputs, values);
    const trace = diagonal.filter((_, i) => i % (SIZE + 1) === 0).reduce((sum, value) => sum + value, 0);
    expect(own[0] / trace).toBeCloseTo(1, 5);
    expect(one[0] / other[0]).toBeCloseTo(1, 4);
    expect(one[0] / trace).toBeLessThan(2);
  });

  it("is exact to the digits of float32 where eigenvalues are a ten-thousandth of each other", async () => {
    const { value, slope } = await ofDiagonals([1, 1e-4], [1, 1e-4]);
    expect(value[0]).toBeCloseTo(1 + 1e-4, 6);
    // ½ √(λ/μ), here with λ = μ.
    expect(slope[0]).toBeCloseTo(0.5, 5);
    expect(slope[3]).toBeCloseTo(0.5, 4);
  });

  it("stays finite where an eigenvalue is a billionth of another", async () => {
    const { value, slope } = await ofDiagonals([1, 1e-9], [1, 1e-9]);
    expect(value[0]).toBeCloseTo(1, 3);
    expect(slope.every(Number.isFinite)).toBe(true);
  });

  it("has gradients by both that agree with differences", async () => {
    const root = positiveDefinite(x);
    // Any matrix will do for a root; its inverse is that of its square's root.
    const inverse = matrixInverseSquareRoot(rowProducts(root));
    const found = fidelity(root, inverse, positiveDefinite(y));
    await expectGradientOfDifferences(found, {
      x: { tensor: x, values: values.x },
      y: { tensor: y, values: values.y },
    });
  });

  it("says that its slopes have no gradient here", () => {
    const [slope] = gradients(fidelity(identity(SIZE), identity(SIZE), positiveDefinite(y)), [y]);
    expect(() => gradients(total(slope), [y])).toThrow(/fidelityByCovariance.* has no gradient/);
  });

  it("refuses matrices that are not square, or not of one size", () => {
    const [a, b] = [input("a", [2, 3]), identity(3)];
    expect(() => fidelity(a, a, a)).toThrow(/fidelity: expected square matrices of one size/);
    expect(() => fidelity(b, b, identity(2))).toThrow(/\[3, 3\] and \[2, 2\]/);
  });
});
