/**
 * The order of the values along some axes, reversed.
 * @module
 */
import { apply, type Operation, type Tensor } from "../tensor.ts";

/** Its own inverse, and its own adjoint. */
export const reverseOperation: Operation<{ readonly axes: readonly number[] }> = {
  name: "reverse",
  shape: ([x = []]) => x,
  gradient: (incoming, { attributes: { axes } }) => [reverse(incoming, axes)],
  onnx(emit, [x = ""], { attributes: { axes } }) {
    const each = (value: number) => emit.integers(axes.map(() => value));
    // Slice with step −1 from the last value (−1) to beyond the first.
    return emit.node("Slice", [x, each(-1), each(-(2 ** 31)), emit.integers(axes), each(-1)]);
  },
};

/** Reverses `x` along the axes. */
export const reverse = (x: Tensor, axes: readonly number[]): Tensor => apply(reverseOperation, [x], { axes });
