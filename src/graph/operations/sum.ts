/**
 * Sum over axes, and its adjoint: the expansion of an axis of size 1. Each is the other's gradient.
 * @module
 */
import { broadcastShape, type Shape, ShapeError, sameShape } from "../shape.ts";
import { apply, type Operation, type Tensor } from "../tensor.ts";
import { reshape } from "./reshape.ts";

/**
 * y = Σ x over the axes, each kept with size 1. d loss/dx = expand(d loss/dy). One axis after another, the last first, for
 * ONNX Runtime adds number to number: a plane of 512 by 512 equal ones would be wrong by a twentieth of a percent.
 */
export const sumOperation: Operation<{ readonly axes: readonly number[] }> = {
  name: "sum",
  shape([x], { axes }) {
    if (axes.some((axis) => axis < 0 || axis >= x.length)) {
      throw new ShapeError("sum", `axes ${axes.join(", ")} to be among those of the tensor`, [x]);
    }
    return x.map((size, axis) => (axes.includes(axis) ? 1 : size));
  },
  gradient: (incoming, { inputs: [x] }) => [expand(incoming, x.shape)],
  onnx(emit, [x], { inputs: [{ shape }], attributes: { axes } }) {
    const lastFirst = axes.toSorted((a, b) => b - a);
    const { splitSums, fewNodes } = emit.capabilities;
    const inTwo = splitSums || fewNodes;
    const stages = inTwo ? twoStages(lastFirst, shape) : lastFirst.map((axis) => [axis]);
    return stages.reduce(
      (sum, stage) => emit.node("ReduceSum", [sum, emit.integers(stage)], { keepdims: { integer: 1 } }),
      x,
    );
  },
};

/** The last axis by itself, for all the others side by side; then what little there is left at once. */
function twoStages(lastFirst: readonly number[], shape: Shape): readonly (readonly number[])[] {
  const [last, ...others] = lastFirst.filter((axis) => shape[axis] !== 1);
  return last === undefined || others.length === 0
    ? [lastFirst]
    : [[last], lastFirst.filter((axis) => axis !== last)];
}

/** y = x with its axes of size 1 repeated to `shape`. d loss/dx = Σ d loss/dy over those axes. */
export const expandOperation: Operation<{ readonly shape: Shape }> = {
  name: "expand",
  shape([x], { shape }) {
    if (!sameShape(broadcastShape("expand", x, shape), shape)) {
      throw new ShapeError("expand", "a shape that stretches axes of size 1", [x, shape]);
    }
    return shape;
  },
  gradient: (incoming, { inputs: [x] }) => [sumTo(incoming, x.shape)],
  onnx: (emit, [x], { attributes: { shape } }) => emit.node("Expand", [x, emit.integers(shape)]),
};

/** Sums over the given axes (all of them by default) and keeps each with size 1. */
export const sum = (x: Tensor, axes: readonly number[] = x.shape.map((_, axis) => axis)): Tensor =>
  axes.every((axis) => x.shape[axis] === 1) ? x : apply(sumOperation, [x], { axes });

/** Repeats axes of size 1 up to `shape`. */
export const expand = (x: Tensor, shape: Shape): Tensor =>
  sameShape(x.shape, shape) ? x : apply(expandOperation, [x], { shape });

/** Undoes a broadcast: sums over every axis that was stretched or added. */
export function sumTo(x: Tensor, shape: Shape): Tensor {
  if (sameShape(x.shape, shape)) return x;
  const added = x.shape.length - shape.length;
  const axes = x.shape.flatMap((size, axis) =>
    axis < added || (shape[axis - added] === 1 && size !== 1) ? [axis] : [],
  );
  return reshape(sum(x, axes), shape);
}

/** The sum of every value, as a single number. */
export const total = (x: Tensor): Tensor => reshape(sum(x), []);
