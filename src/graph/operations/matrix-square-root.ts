/**
 * Square roots of symmetric positive definite matrices by Newton and Schulz's coupled iteration (Higham, 2008, chapter 6):
 * Y₀ = A/s, Z₀ = I, T = (3I − Z Y)/2, Y ← Y T, Z ← T Z; then Y√s → A^½ and Z/√s → A^−½, where s = ‖A‖ (Frobenius).
 * Matrix products only. Eigenvalues far below s have not come to their end after so many steps: their inverse roots
 * stay bounded, which is what a gradient wants of them.
 * @module
 */
import { ImpastoError } from "../../errors.ts";
import { type Shape, ShapeError } from "../shape.ts";
import { apply, type Emit, type Operation, type Tensor } from "../tensor.ts";
import { multiply, scale } from "./multiply.ts";

/**
 * Enough for eigenvalues down to some ten-thousandths of s; a smaller one's root has then grown to 130 times what it began
 * with, and counts for too little, in a trace of which it is a small part.
 */
const STEPS = 12;

function requireSquare(operation: string, [a = []]: readonly Shape[]): Shape {
  const [rows, columns] = a;
  if (a.length !== 2 || rows !== columns) throw new ShapeError(operation, "a square matrix", [a]);
  return a;
}

const noGradient = (operation: string) => (): never => {
  throw new ImpastoError(`${operation} has no gradient; traceOfSquareRoot has one.`);
};

/** Emits the iteration and returns the names of Y, Z and √s. Emitted twice for one matrix, it is done once. */
function emitIteration(emit: Emit, a: string) {
  const half = emit.floats(Float32Array.of(0.5), []);
  const identity = emit.node("EyeLike", [a]);
  const norm = emit.node("Sqrt", [emit.node("ReduceSumSquare", [a], { keepdims: { integer: 0 } })]);
  const three = emit.node("Mul", [identity, emit.floats(Float32Array.of(1.5), [])]);
  let y = emit.node("Div", [a, norm]);
  let z = identity;
  for (let step = 0; step < STEPS; step++) {
    const product = z === identity ? y : emit.node("MatMul", [z, y]);
    const t = emit.node("Sub", [three, emit.node("Mul", [product, half])]);
    y = emit.node("MatMul", [y, t]);
    z = z === identity ? t : emit.node("MatMul", [t, z]);
  }
  return { y, z, rootOfNorm: emit.node("Sqrt", [norm]) };
}

/** y = A^½ */
export const matrixSquareRootOperation: Operation<object> = {
  name: "matrixSquareRoot",
  shape: (shapes) => requireSquare("matrixSquareRoot", shapes),
  gradient: noGradient("matrixSquareRoot"),
  onnx(emit, [a = ""]) {
    const { y, rootOfNorm } = emitIteration(emit, a);
    return emit.node("Mul", [y, rootOfNorm]);
  },
};

/** y = A^−½ */
export const matrixInverseSquareRootOperation: Operation<object> = {
  name: "matrixInverseSquareRoot",
  shape: (shapes) => requireSquare("matrixInverseSquareRoot", shapes),
  gradient: noGradient("matrixInverseSquareRoot"),
  onnx(emit, [a = ""]) {
    const { z, rootOfNorm } = emitIteration(emit, a);
    return emit.node("Div", [z, rootOfNorm]);
  },
};

/** y = tr A^½: dy = ½ tr(A^−½ dA), for symmetric A. */
export const traceOfSquareRootOperation: Operation<object> = {
  name: "traceOfSquareRoot",
  shape(shapes) {
    requireSquare("traceOfSquareRoot", shapes);
    return [];
  },
  gradient: (incoming, { inputs: [a] }) => [a && scale(0.5, multiply(matrixInverseSquareRoot(a), incoming))],
  onnx(emit, [a = ""]) {
    const { y, rootOfNorm } = emitIteration(emit, a);
    const diagonal = emit.node("Mul", [y, emit.node("EyeLike", [a])]);
    const trace = emit.node("ReduceSum", [diagonal, emit.integers([0, 1])], { keepdims: { integer: 0 } });
    return emit.node("Mul", [trace, rootOfNorm]);
  },
};

/** The square root of a symmetric positive definite matrix `[C, C]`. */
export const matrixSquareRoot = (a: Tensor): Tensor => apply(matrixSquareRootOperation, [a], {});

/** The inverse of the square root of a symmetric positive definite matrix `[C, C]`. */
export const matrixInverseSquareRoot = (a: Tensor): Tensor =>
  apply(matrixInverseSquareRootOperation, [a], {});

/** The trace of the square root of a symmetric positive definite matrix `[C, C]`, a single number. */
export const traceOfSquareRoot = (a: Tensor): Tensor => apply(traceOfSquareRootOperation, [a], {});
