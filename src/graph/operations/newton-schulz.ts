/**
 * Newton and Schulz's iterations, of matrix products alone: the coupled one for the roots of a symmetric positive definite
 * matrix, and the one for the polar factor of any matrix (Higham, 2008, chapters 6 and 8). Both move each singular value x
 * towards 1, by steps x ← a·x + b·x³ + c·x⁵ (minimax-steps.ts).
 * @module
 */
import type { Emit } from "../tensor.ts";
import { emitIdentity } from "./identity.ts";
import type { Step } from "./minimax-steps.ts";

/** From so many rows on, half of them are enough work for every thread. */
const ROWS_TO_HALVE = 192;

/**
 * Emits the roots of a symmetric positive definite matrix `[rows, rows]`: Y₀ = A/s, Z₀ = I, W = ZY, T = a·I + b·W + c·W²,
 * Y ← YT, Z ← TZ; then Y√s → A^½ and Z/√s → A^−½, with s = ‖A‖ (Frobenius). A singular value is the root of an eigenvalue
 * of A/s. To compute but half of these symmetric matrices is no good: what rounding leaves of their order must not be mixed.
 * @returns the names of A^½, which is a factor of A, and of A^−½, which is its own transpose.
 */
export function emitRoots(emit: Emit, matrix: string, rows: number, [first, ...steps]: readonly Step[]) {
  const identity = emitIdentity(emit, rows);
  const shifted = (a: number, b: number, w: string): string =>
    emit.node("Add", [emitScaled(emit, b, w), emitScaled(emit, a, identity)]);
  const factor = ({ a, b, c }: Step, w: string): string =>
    c === 0 ? shifted(a, b, w) : emitGemm(emit, c, w, w, shifted(a, b, w));
  const norm = emitNorm(emit, matrix);
  const start = emit.node("Div", [matrix, norm]);
  let z = factor(first, start);
  let y = emit.node("MatMul", [start, z]);
  for (const step of steps) {
    const { a, b, c } = step;
    const t =
      c === 0 ? emitGemm(emit, b, z, y, identity, { beta: a }) : factor(step, emit.node("MatMul", [z, y]));
    y = emit.node("MatMul", [y, t]);
    z = emit.node("MatMul", [t, z]);
  }
  const root = emit.node("Sqrt", [norm]);
  const inverse = emit.node("Div", [z, root]);
  return { factor: emit.node("Mul", [y, root]), inverse, inverseTransposed: inverse };
}

/**
 * Emits the orthogonal factor U of a square matrix M = U·(MᵀM)^½, given M⁻ᵀ too. A step of Newton's iteration begins it,
 * X = μM + M⁻ᵀ/μ, which takes the root of M's condition number; then X ← X(a·I + b·XᵀX), from X/‖XᵀX‖^½.
 * @param steps cubics.
 * @returns the name of U.
 */
export function emitPolarFactor(
  emit: Emit,
  matrix: string,
  inverseTransposed: string,
  rows: number,
  [first, ...steps]: readonly Step[],
): string {
  const number = (value: number) => emit.floats(Float32Array.of(value), []);
  const norms = emit.node("Div", [emitNorm(emit, inverseTransposed), emitNorm(emit, matrix)]);
  const mu = emit.node("Sqrt", [emit.node("Mul", [norms, number(BALANCE ** 2 / Math.sqrt(rows))])]);
  const sum = emit.node("Add", [emit.node("Mul", [matrix, mu]), emit.node("Div", [inverseTransposed, mu])]);
  const products = emit.node("MatMul", [emitTransposed(emit, sum), sum]);
  const norm = emitNorm(emit, products);
  const start = emit.node("Div", [sum, emit.node("Sqrt", [norm])]);
  const scaled = emit.node("Mul", [products, emit.node("Div", [number(first.b), norm])]);
  const shrunk = emit.node("Add", [emit.node("Mul", [emitIdentity(emit, rows), number(first.a)]), scaled]);
  const x = emit.node("MatMul", [start, shrunk]);
  return emit.capabilities.fewProducts && rows >= ROWS_TO_HALVE
    ? emitHalves(emit, x, rows, steps)
    : emitWholes(emit, x, rows, steps);
}

function emitWholes(emit: Emit, start: string, rows: number, steps: readonly Step[]): string {
  const identity = emitIdentity(emit, rows);
  return steps.reduce(
    (x, { a, b }) => emit.node("MatMul", [x, emitGemm(emit, b, x, x, identity, { transA: 1, beta: a })]),
    start,
  );
}

/** With X as a left and a right half: XᵀX is symmetric, and three of its four blocks are enough. */
function emitHalves(emit: Emit, start: string, rows: number, steps: readonly Step[]): string {
  const middle = Math.floor(rows / 2);
  const columns = (from: number, to: number): string =>
    emit.node("Slice", [start, emit.integers([from]), emit.integers([to]), emit.integers([1])]);
  let [left, right] = [columns(0, middle), columns(middle, rows)];
  for (const { a, b } of steps) {
    const transposed = { transA: 1, beta: a };
    const p = emitGemm(emit, b, left, left, emitIdentity(emit, middle), transposed);
    const q = emitGemm(emit, b, left, right, undefined, transposed);
    const r = emitGemm(emit, b, right, right, emitIdentity(emit, rows - middle), transposed);
    [left, right] = [
      emitGemm(emit, 1, left, p, emitGemm(emit, 1, right, q, undefined, { transB: 1 })),
      emitGemm(emit, 1, left, q, emitGemm(emit, 1, right, r)),
    ];
  }
  return emit.node("Concat", [left, right], { axis: { integer: 1 } });
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

/** α·x·y + β·z */
export function emitGemm(
  emit: Emit,
  alpha: number,
  x: string,
  y: string,
  z?: string,
  { beta = 1, transA = 0, transB = 0 }: Partial<Record<"beta" | "transA" | "transB", number>> = {},
): string {
  return emit.node("Gemm", z === undefined ? [x, y] : [x, y, z], {
    alpha: { float: alpha },
    ...(z === undefined ? {} : { beta: { float: beta } }),
    ...(transA ? { transA: { integer: transA } } : {}),
    ...(transB ? { transB: { integer: transB } } : {}),
  });
}

const emitScaled = (emit: Emit, factor: number, x: string): string =>
  emit.node("Mul", [x, emit.floats(Float32Array.of(factor), [])]);

export const emitTransposed = (emit: Emit, matrix: string): string =>
  emit.node("Transpose", [matrix], { perm: { integers: [1, 0] } });
