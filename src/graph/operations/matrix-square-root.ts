/**
 * Square roots of symmetric positive definite matrices by Newton and Schulz's coupled iteration (Higham, 2008, chapter 6):
 * Y₀ = A/s, Z₀ = I, T = (3I − Z Y)/2, Y ← Y T, Z ← T Z; then Y√s → A^½ and Z/√s → A^−½, where s = ‖A‖ (Frobenius).
 * Matrix products only. Eigenvalues far below s have not come to their end after so many steps: their inverse roots
 * stay bounded, which is what a gradient wants of them.
 * @module
 */
import { type Shape, ShapeError } from "../shape.ts";
import { apply, type Emit, type Operation, type Tensor } from "../tensor.ts";
import { multiply, scale } from "./multiply.ts";
import { reshape } from "./reshape.ts";
import { expand } from "./sum.ts";

const STEPS = 12;

function requireSquare(operation: string, x: Shape): Shape {
  const [rows, columns] = x;
  if (x.length !== 2 || rows !== columns) throw new ShapeError(operation, "a square matrix", [x]);
  return x;
}

/** Emits the iteration and returns the names of Y, Z and √s. */
function emitIteration(emit: Emit, a: string, size: number) {
  const number = (value: number) => emit.floats(Float32Array.of(value), []);
  const identity = emit.floats(
    Float32Array.from({ length: size * size }, (_, index) => (index % (size + 1) === 0 ? 1 : 0)),
    [size, size],
  );
  const norm = emit.node("Sqrt", [emit.node("ReduceSumSquare", [a], { keepdims: { integer: 0 } })]);
  let y = emit.node("Div", [a, norm]);
  let z = identity;
  const three = emit.node("Mul", [identity, number(1.5)]);
  for (let step = 0; step < STEPS; step++) {
    const product = z === identity ? y : emit.node("MatMul", [z, y]);
    const t = emit.node("Sub", [three, emit.node("Mul", [product, number(0.5)])]);
    y = emit.node("MatMul", [y, t]);
    z = z === identity ? t : emit.node("MatMul", [t, z]);
  }
  return { y, z, rootOfNorm: emit.node("Sqrt", [norm]) };
}

/** y = A^½. Without a gradient: it is for targets. */
export const matrixSquareRootOperation: Operation<object> = {
  name: "matrixSquareRoot",
  shape: ([a = []]) => requireSquare("matrixSquareRoot", a),
  gradient: () => [undefined],
  onnx(emit, [a = ""], { output }) {
    const { y, rootOfNorm } = emitIteration(emit, a, output.shape[0] ?? 1);
    return emit.node("Mul", [y, rootOfNorm]);
  },
};

/** y = A^−½. Without a gradient: it is one. */
export const matrixInverseSquareRootOperation: Operation<object> = {
  name: "matrixInverseSquareRoot",
  shape: ([a = []]) => requireSquare("matrixInverseSquareRoot", a),
  gradient: () => [undefined],
  onnx(emit, [a = ""], { output }) {
    const { z, rootOfNorm } = emitIteration(emit, a, output.shape[0] ?? 1);
    return emit.node("Div", [z, rootOfNorm]);
  },
};

/** y = tr A^½ = Σ A ∘ A^−½ for symmetric A: dy = ½ tr(A^−½ dA), one inverse root for value and gradient alike. */
export const traceOfSquareRootOperation: Operation<object> = {
  name: "traceOfSquareRoot",
  shape([a = [], inverse = []]) {
    requireSquare("traceOfSquareRoot", a);
    requireSquare("traceOfSquareRoot", inverse);
    return [];
  },
  gradient(incoming, { inputs: [a, inverse] }) {
    if (!a || !inverse) return [];
    const spread = expand(reshape(incoming, [1, 1]), a.shape);
    return [scale(0.5, multiply(spread, inverse)), undefined];
  },
  onnx: (emit, inputs) =>
    emit.node("ReduceSum", [emit.node("Mul", inputs), emit.integers([0, 1])], { keepdims: { integer: 0 } }),
};

/** The square root of a symmetric positive definite matrix `[C, C]`. */
export const matrixSquareRoot = (a: Tensor): Tensor => apply(matrixSquareRootOperation, [a], {});

/** The trace of the square root of a symmetric positive definite matrix `[C, C]`. */
export const traceOfSquareRoot = (a: Tensor): Tensor =>
  apply(traceOfSquareRootOperation, [a, apply(matrixInverseSquareRootOperation, [a], {})], {});
