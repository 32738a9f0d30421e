/**
 * Newton and Schulz's iterations, of matrix products alone: the coupled one for the roots of a symmetric positive definite
 * matrix, and the one for the polar factor of any matrix (Higham, 2008, chapters 6 and 8). Both move each singular value x
 * towards 1 by x ← a·x − b·x³. With a = 3/2 and b = 1/2 at every step, small values take long; here each step has the best
 * cubic for the values there may still be (Chen and Chow, 2014; Amsel et al., 2025).
 * @module
 */
import type { Emit } from "../tensor.ts";
import { emitIdentity } from "./identity.ts";

/** A step x ← a·x − b·x³. */
interface Step {
  readonly a: number;
  readonly b: number;
}

/**
 * The steps for singular values from `least` to 1. Each takes the cubic that brings [lo, hi] closest to 1: it has equal
 * values at lo and at hi, as far below 1 as its largest value is above.
 */
export function scaledSteps(least: number, count: number): readonly Step[] {
  let [lo, hi] = [least, 1];
  return Array.from({ length: count }, () => {
    const q = lo ** 2 + lo * hi + hi ** 2;
    const peak = Math.sqrt(q / 3);
    const b = 2 / (q * peak - peak ** 3 + q * lo - lo ** 3);
    [lo, hi] = [b * (q * lo - lo ** 3), b * (q * peak - peak ** 3)];
    return { a: b * q, b };
  });
}

/**
 * Emits the roots of a symmetric positive definite matrix `[rows, rows]`: Y₀ = A/s, Z₀ = I, T = a·I − b·ZY, Y ← YT,
 * Z ← TZ; then Y√s → A^½ and Z/√s → A^−½, with s = ‖A‖ (Frobenius). A singular value is the root of an eigenvalue of A/s.
 * @returns the names of A^½ and A^−½.
 */
export function emitRoots(emit: Emit, matrix: string, rows: number, steps: readonly Step[]) {
  const identity = emitIdentity(emit, rows);
  const norm = emitNorm(emit, matrix);
  let y = emit.node("Div", [matrix, norm]);
  let z = identity;
  for (const { a, b } of steps) {
    const t = emit.node("Gemm", [z, y, identity], { alpha: { float: -b }, beta: { float: a } });
    y = emit.node("MatMul", [y, t]);
    z = z === identity ? t : emit.node("MatMul", [t, z]);
  }
  const root = emit.node("Sqrt", [norm]);
  return { root: emit.node("Mul", [y, root]), inverse: emit.node("Div", [z, root]) };
}

/**
 * Emits the orthogonal factor U of a square matrix M = U·(MᵀM)^½, given M⁻ᵀ too. A step of Newton's iteration begins it,
 * X = μM + M⁻ᵀ/μ, which takes the root of M's condition number; then X ← X(a·I − b·XᵀX), from X/‖XᵀX‖^½.
 * @returns the name of U.
 */
export function emitPolarFactor(
  emit: Emit,
  matrix: string,
  inverseTransposed: string,
  rows: number,
  [first, ...steps]: readonly Step[],
): string {
  const identity = emitIdentity(emit, rows);
  const number = (value: number) => emit.floats(Float32Array.of(value), []);
  const norms = emit.node("Div", [emitNorm(emit, inverseTransposed), emitNorm(emit, matrix)]);
  const mu = emit.node("Sqrt", [emit.node("Mul", [norms, number(BALANCE ** 2 / Math.sqrt(rows))])]);
  const sum = emit.node("Add", [emit.node("Mul", [matrix, mu]), emit.node("Div", [inverseTransposed, mu])]);
  const products = emit.node("MatMul", [emitTransposed(emit, sum), sum]);
  const norm = emitNorm(emit, products);
  const scaled = emit.node("Mul", [products, emit.node("Div", [number(first.b), norm])]);
  const shrunk = emit.node("Sub", [emit.node("Mul", [identity, number(first.a)]), scaled]);
  let x = emit.node("MatMul", [emit.node("Div", [sum, emit.node("Sqrt", [norm])]), shrunk]);
  for (const { a, b } of steps) {
    const attributes = { transA: { integer: 1 }, alpha: { float: -b }, beta: { float: a } };
    x = emit.node("MatMul", [x, emit.node("Gemm", [x, x, identity], attributes)]);
  }
  return x;
}

/**
 * μ² times ‖M‖ √rows / ‖M⁻¹‖. With 1, and M⁻¹ no longer than its longest direction says, the largest and the smallest
 * value would be as far from 1; a norm over all directions is less than that for features, by about this factor squared.
 */
const BALANCE = 2;

/** Emits ‖M‖ (Frobenius), where sums are split as the norm of the rows' norms. */
function emitNorm(emit: Emit, matrix: string): string {
  const keepdims = { integer: 0 };
  if (!emit.capabilities.splitSums) {
    return emit.node("Sqrt", [emit.node("ReduceSumSquare", [matrix], { keepdims })]);
  }
  const ofRows = emit.node("ReduceL2", [matrix], { axes: { integers: [1] }, keepdims });
  return emit.node("ReduceL2", [ofRows], { keepdims });
}

const emitTransposed = (emit: Emit, matrix: string): string =>
  emit.node("Transpose", [matrix], { perm: { integers: [1, 0] } });
