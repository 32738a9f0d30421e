/**
 * The same values in the same order under another shape.
 * @module
 */
import { type Shape, ShapeError, sameShape, sizeOf } from "../shape.ts";
import { apply, type Operation, type Tensor } from "../tensor.ts";

/** d loss/dx = d loss/dy in x's shape. */
export const reshapeOperation: Operation<{ readonly shape: Shape }> = {
  name: "reshape",
  shape([x], { shape }) {
    if (sizeOf(x) !== sizeOf(shape)) throw new ShapeError("reshape", "as many values as before", [x, shape]);
    return shape;
  },
  gradient: (incoming, { inputs: [x] }) => [reshape(incoming, x.shape)],
  onnx: (emit, [x], { attributes: { shape } }) => emit.node("Reshape", [x, emit.integers(shape)]),
};

/** Gives the values of `x` another shape. */
export const reshape = (x: Tensor, shape: Shape): Tensor =>
  sameShape(x.shape, shape) ? x : apply(reshapeOperation, [x], { shape });
