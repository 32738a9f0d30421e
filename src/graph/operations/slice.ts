/**
 * A box cut out of a tensor, and its adjoint: zeros put around one. Each is the other's gradient.
 * @module
 */
import { ShapeError, sameShape } from "../shape.ts";
import { apply, type Operation, type Tensor } from "../tensor.ts";

/** y = x[start … end) on every axis; d loss/dx is the incoming gradient with zeros around it. */
export const sliceOperation: Operation<{
  readonly start: readonly number[];
  readonly end: readonly number[];
}> = {
  name: "slice",
  shape([x], { start, end }) {
    const inside = x.every((size, axis) => {
      const [from, to] = [start[axis], end[axis]];
      return from >= 0 && from < to && to <= size;
    });
    if (!inside || start.length !== x.length || end.length !== x.length) {
      throw new ShapeError("slice", "a box inside the tensor", [x, start, end]);
    }
    return end.map((to, axis) => to - start[axis]);
  },
  gradient: (incoming, { inputs: [x], attributes: { start, end } }) => [
    pad(
      incoming,
      start,
      x.shape.map((size, axis) => size - end[axis]),
    ),
  ],
  onnx: (emit, [x], { attributes: { start, end } }) =>
    emit.node("Slice", [
      x,
      emit.integers(start),
      emit.integers(end),
      emit.integers(start.map((_, axis) => axis)),
    ]),
};

/** y = x with `before` and `after` zeros on each axis; d loss/dx is the box of the incoming gradient that x fills. */
export const padOperation: Operation<{
  readonly before: readonly number[];
  readonly after: readonly number[];
}> = {
  name: "pad",
  shape([x], { before, after }) {
    if (before.length !== x.length || after.length !== x.length || [...before, ...after].some((n) => n < 0)) {
      throw new ShapeError("pad", "as many zeros before and after as axes, none negative", [
        x,
        before,
        after,
      ]);
    }
    return x.map((size, axis) => before[axis] + size + after[axis]);
  },
  gradient: (incoming, { inputs: [x], attributes: { before } }) => [
    slice(
      incoming,
      before,
      x.shape.map((size, axis) => size + before[axis]),
    ),
  ],
  onnx: (emit, [x], { attributes: { before, after } }) =>
    emit.node("Pad", [x, emit.integers([...before, ...after])]),
};

/** Cuts the box from `start` to `end` (exclusive), both given for every axis. */
export const slice = (x: Tensor, start: readonly number[], end: readonly number[]): Tensor =>
  sameShape(x.shape, end) && start.every((from) => from === 0)
    ? x
    : apply(sliceOperation, [x], { start, end });

/** Cuts `start` to `end` (exclusive) of one axis. */
export const sliceAxis = (x: Tensor, axis: number, start: number, end: number): Tensor =>
  slice(
    x,
    x.shape.map((_, index) => (index === axis ? start : 0)),
    x.shape.map((size, index) => (index === axis ? end : size)),
  );

/** Puts zeros around a tensor. */
export const pad = (x: Tensor, before: readonly number[], after: readonly number[]): Tensor =>
  [...before, ...after].every((zeros) => zeros === 0) ? x : apply(padOperation, [x], { before, after });
