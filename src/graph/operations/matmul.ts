/**
 * The matrix product of the last two axes; the axes before them, if any, are equal on both sides.
 * @module
 */
import { ShapeError, sameShape } from "../shape.ts";
import { apply, type Operation, type Tensor } from "../tensor.ts";
import { emitParts, emitSumOfParts, partsOf } from "./split-product.ts";
import { transpose } from "./transpose.ts";

/** Y = A B: d loss/dA = d loss/dY · Bᵀ, d loss/dB = Aᵀ · d loss/dY */
export const matmulOperation: Operation<object> = {
  name: "matmul",
  shape([a, b]) {
    const fits = a.length >= 2 && a.length === b.length && a.at(-1) === b.at(-2);
    if (!fits || !sameShape(a.slice(0, -2), b.slice(0, -2))) {
      throw new ShapeError("matmul", "[…, m, k] and […, k, n]", [a, b]);
    }
    return [...a.slice(0, -1), ...b.slice(-1)];
  },
  gradient: (incoming, { inputs: [a, b] }) => [
    matmul(incoming, transpose(b)),
    matmul(transpose(a), incoming),
  ],
  onnx(emit, [a, b], { inputs: [left, right] }) {
    const [rows, length] = left.shape;
    const [, columns] = right.shape;
    const parts = emit.capabilities.splitSums && left.shape.length === 2 ? partsOf(rows, length, columns) : 1;
    if (parts === 1) return emit.node("MatMul", [a, b]);
    const cut = emit.node("Reshape", [b, emit.integers([parts, length / parts, columns])]);
    return emitSumOfParts(emit, emit.node("MatMul", [emitParts(emit, a, rows, length, parts), cut]));
  },
};

/** Multiplies matrices `[…, m, k]` and `[…, k, n]`. */
export const matmul = (a: Tensor, b: Tensor): Tensor => apply(matmulOperation, [a, b], {});
