/**
 * Products of symmetric matrices that commute, and so are symmetric themselves. In blocks [[p, q], [qᵀ, r]] they take three
 * quarters of the arithmetic, in more nodes.
 * @module
 */
import type { Emit } from "../tensor.ts";
import { emitIdentity } from "./identity.ts";

/** How symmetric matrices of one size are written. */
export interface SymmetricMatrices<Matrix> {
  from(whole: string): Matrix;
  whole(matrix: Matrix): string;
  /** a·I + b·x */
  shifted(a: number, b: number, x: Matrix): Matrix;
  /** α·x·y + a·I */
  product(alpha: number, x: Matrix, y: Matrix, a?: number): Matrix;
  /** α·x·y + z */
  productPlus(alpha: number, x: Matrix, y: Matrix, z: Matrix): Matrix;
}

/** Each as it is. */
export function wholeMatrices(emit: Emit, rows: number): SymmetricMatrices<string> {
  return {
    from: (whole) => whole,
    whole: (matrix) => matrix,
    shifted: (a, b, x) => emitShifted(emit, rows, a, b, x),
    product: (alpha, x, y, a) =>
      emitGemm(emit, alpha, x, y, a === undefined ? undefined : emitIdentity(emit, rows), { beta: a ?? 1 }),
    productPlus: (alpha, x, y, z) => emitGemm(emit, alpha, x, y, z),
  };
}

/** A symmetric matrix [[p, q], [qᵀ, r]]. */
export interface Blocks {
  readonly p: string;
  readonly q: string;
  readonly r: string;
}

/** Each in blocks. */
export function blockMatrices(emit: Emit, rows: number): SymmetricMatrices<Blocks> {
  const half = Math.floor(rows / 2);
  const cut = (whole: string, from: readonly [number, number], to: readonly [number, number]): string =>
    emit.node("Slice", [whole, emit.integers(from), emit.integers(to), emit.integers([0, 1])]);
  const product = (alpha: number, x: Blocks, y: Blocks, z: Partial<Blocks>, beta: number): Blocks => ({
    p: emitGemm(emit, alpha, x.p, y.p, emitGemm(emit, alpha, x.q, y.q, z.p, { transB: 1, beta })),
    q: emitGemm(emit, alpha, x.p, y.q, emitGemm(emit, alpha, x.q, y.r, z.q, { beta })),
    r: emitGemm(emit, alpha, x.q, y.q, emitGemm(emit, alpha, x.r, y.r, z.r, { beta }), { transA: 1 }),
  });
  const identities = () => ({ p: emitIdentity(emit, half), r: emitIdentity(emit, rows - half) });
  return {
    from: (whole) => ({
      p: cut(whole, [0, 0], [half, half]),
      q: cut(whole, [0, half], [half, rows]),
      r: cut(whole, [half, half], [rows, rows]),
    }),
    whole: ({ p, q, r }) =>
      emitJoined(emit, 0, [
        emitJoined(emit, 1, [p, q]),
        emitJoined(emit, 1, [emit.node("Transpose", [q], { perm: { integers: [1, 0] } }), r]),
      ]),
    shifted: (a, b, { p, q, r }) => ({
      p: emitShifted(emit, half, a, b, p),
      q: emitScaled(emit, b, q),
      r: emitShifted(emit, rows - half, a, b, r),
    }),
    product: (alpha, x, y, a) => product(alpha, x, y, a === undefined ? {} : identities(), a ?? 1),
    productPlus: (alpha, x, y, z) => product(alpha, x, y, z, 1),
  };
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

/** Matrices side by side. */
export const emitJoined = (emit: Emit, axis: number, parts: readonly string[]): string =>
  emit.node("Concat", parts, { axis: { integer: axis } });

const emitScaled = (emit: Emit, factor: number, x: string): string =>
  emit.node("Mul", [x, emit.floats(Float32Array.of(factor), [])]);

const emitShifted = (emit: Emit, rows: number, a: number, b: number, x: string): string =>
  emit.node("Add", [emitScaled(emit, b, x), emitScaled(emit, a, emitIdentity(emit, rows))]);
