/**
 * X Xᵀ: the inner products of the rows of a matrix, of which a Gram matrix is made.
 * @module
 */
import { ShapeError } from "../shape.ts";
import { apply, type Operation, type Tensor } from "../tensor.ts";
import { add } from "./add.ts";
import { matmul } from "./matmul.ts";
import { transpose } from "./transpose.ts";

/** Y = X Xᵀ: d loss/dX = (d loss/dY + (d loss/dY)ᵀ) X, one product where `matmul`'s two would cost twice. */
export const rowProductsOperation: Operation<object> = {
  name: "rowProducts",
  shape([x = []]) {
    const [rows = 0] = x;
    if (x.length !== 2) throw new ShapeError("rowProducts", "[rows, columns]", [x]);
    return [rows, rows];
  },
  gradient: (incoming, { inputs: [x] }) => [x && matmul(add(incoming, transpose(incoming)), x)],
  onnx: (emit, [x = ""]) =>
    emit.node("MatMul", [x, emit.node("Transpose", [x], { perm: { integers: [1, 0] } })]),
};

/** Multiplies a matrix `[rows, columns]` with its own transpose. */
export const rowProducts = (x: Tensor): Tensor => apply(rowProductsOperation, [x], {});
