/**
 * Tensors joined along one axis.
 * @module
 */
import { ShapeError } from "../shape.ts";
import { apply, type Operation, type Tensor } from "../tensor.ts";
import { sliceAxis } from "./slice.ts";

/** d loss/dxᵢ is the part of the incoming gradient that xᵢ fills. */
export const concatenateOperation: Operation<{ readonly axis: number }> = {
  name: "concatenate",
  shape(shapes, { axis }) {
    const [first] = shapes;
    const fits = shapes.every(
      (shape) => shape.length === first.length && shape.every((size, i) => i === axis || size === first[i]),
    );
    if (!fits || axis < 0 || axis >= first.length) {
      throw new ShapeError("concatenate", `shapes that differ on axis ${axis} alone`, shapes);
    }
    return first.map((size, i) => (i === axis ? shapes.reduce((sum, shape) => sum + shape[axis], 0) : size));
  },
  gradient(incoming, { inputs, attributes: { axis } }) {
    let start = 0;
    return inputs.map(({ shape }) => {
      const end = start + shape[axis];
      const part = sliceAxis(incoming, axis, start, end);
      start = end;
      return part;
    });
  },
  onnx: (emit, inputs, { attributes: { axis } }) => emit.node("Concat", inputs, { axis: { integer: axis } }),
};

/** Joins tensors along an axis. */
export const concatenate = (parts: readonly Tensor[], axis: number): Tensor =>
  apply(concatenateOperation, parts, { axis });
