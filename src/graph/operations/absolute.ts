/**
 * |x|, value by value.
 * @module
 */
import { apply, type Operation, scalar, type Tensor } from "../tensor.ts";
import { multiply } from "./multiply.ts";
import { subtract } from "./subtract.ts";
import { atLeast, positive } from "./threshold.ts";

/** d|x| = sign(x) · dx, with sign(0) = 0: sign(x) = [x > 0] − (1 − [x ≥ 0]) */
export const absoluteOperation: Operation<object> = {
  name: "absolute",
  shape: ([x]) => x,
  gradient(incoming, { inputs: [x] }) {
    const negative = subtract(scalar(1), atLeast(x, scalar(0)));
    return [multiply(incoming, subtract(positive(x), negative))];
  },
  onnx: (emit, inputs) => emit.node("Abs", inputs),
};

/** The absolute value of each value. */
export const absolute = (x: Tensor): Tensor => apply(absoluteOperation, [x], {});
