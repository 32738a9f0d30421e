/**
 * Axes in another order.
 * @module
 */
import { ShapeError } from "../shape.ts";
import { apply, type Operation, type Tensor } from "../tensor.ts";

/** y's axis i is x's axis `order[i]`; d loss/dx is the incoming gradient in the inverse order. */
export const transposeOperation: Operation<{ readonly order: readonly number[] }> = {
  name: "transpose",
  shape([x], { order }) {
    if (order.length !== x.length || x.some((_, axis) => !order.includes(axis))) {
      throw new ShapeError("transpose", `every axis once in the order ${order.join(", ")}`, [x]);
    }
    return order.map((axis) => x[axis]);
  },
  gradient: (incoming, { attributes: { order } }) => [
    transpose(
      incoming,
      order.map((_, axis) => order.indexOf(axis)),
    ),
  ],
  onnx: (emit, [x], { attributes: { order } }) => emit.node("Transpose", [x], { perm: { integers: order } }),
};

/** Reorders the axes of `x`; without an order, swaps the last two. */
export function transpose(x: Tensor, order?: readonly number[]): Tensor {
  const rank = x.shape.length;
  const swapped = x.shape.map((_, axis) => (axis < rank - 2 ? axis : 2 * rank - 3 - axis));
  return apply(transposeOperation, [x], { order: order ?? swapped });
}
