/**
 * A factor of a symmetric positive definite matrix, A = L·Lᵀ, and its inverse, by products of matrices: block by block as in
 * Cholesky's decomposition (Golub and Van Loan, 2013, section 4.2), with the blocks' own factors by Newton and Schulz's
 * roots. Where any factor will do, this takes a tenth of the products that the root of the whole takes.
 * @module
 */
import type { Emit } from "../tensor.ts";
import type { Step } from "./minimax-steps.ts";
import { emitGemm, emitRoots, emitTransposed } from "./newton-schulz.ts";

/** Up to so many rows the root is the factor: smaller products leave threads idle. */
const MOST_ROWS = 128;

/** The names of L, L⁻¹ and L⁻ᵀ. */
interface Factor {
  readonly factor: string;
  readonly inverse: string;
  readonly inverseTransposed: string;
}

/**
 * Emits L and L⁻¹. For A = [B Cᵀ; C D], L = [L₁ 0; K L₂] with L₁L₁ᵀ = B, K = C·L₁⁻ᵀ and L₂L₂ᵀ = D − KKᵀ, and
 * L⁻¹ = [L₁⁻¹ 0; −L₂⁻¹KL₁⁻¹ L₂⁻¹]. No block's eigenvalues go below the matrix's least.
 * @param steps of the roots of the blocks.
 */
export function emitFactor(emit: Emit, matrix: string, rows: number, steps: readonly Step[]): Factor {
  if (rows <= MOST_ROWS) return emitRoots(emit, matrix, rows, steps);
  const upper = Math.ceil(rows / 2);
  const lower = rows - upper;
  const block = (top: number, left: number, bottom: number, right: number): string =>
    emit.node("Slice", [
      matrix,
      emit.integers([top, left]),
      emit.integers([bottom, right]),
      emit.integers([0, 1]),
    ]);
  const first = emitFactor(emit, block(0, 0, upper, upper), upper, steps);
  const beside = emitGemm(emit, 1, block(upper, 0, rows, upper), first.inverse, undefined, { transB: 1 });
  const rest = emitGemm(emit, -1, beside, beside, block(upper, upper, rows, rows), { transB: 1 });
  const second = emitFactor(emit, rest, lower, steps);
  const inverseBeside = emitGemm(emit, -1, second.inverse, emit.node("MatMul", [beside, first.inverse]));
  const nothing = emit.floats(new Float32Array(upper * lower), [upper, lower]);
  const joined = (a: string, b: string, c: string): string =>
    emit.node(
      "Concat",
      [
        emit.node("Concat", [a, nothing], { axis: { integer: 1 } }),
        emit.node("Concat", [b, c], { axis: { integer: 1 } }),
      ],
      { axis: { integer: 0 } },
    );
  const inverse = joined(first.inverse, inverseBeside, second.inverse);
  return {
    factor: joined(first.factor, beside, second.factor),
    inverse,
    inverseTransposed: emitTransposed(emit, inverse),
  };
}
