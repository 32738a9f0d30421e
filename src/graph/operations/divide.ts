/**
 * a / b, value by value, broadcast.
 * @module
 */
import { broadcastShape } from "../shape.ts";
import { apply, type Operation, type Tensor } from "../tensor.ts";
import { multiply, scale } from "./multiply.ts";
import { sumTo } from "./sum.ts";

/** d(a / b) = da / b − (a / b) · db / b */
export const divideOperation: Operation<object> = {
  name: "divide",
  shape: ([a, b]) => broadcastShape("divide", a, b),
  gradient(incoming, { inputs: [a, b], output }) {
    const shared = divide(incoming, b);
    return [sumTo(shared, a.shape), scale(-1, sumTo(multiply(shared, output), b.shape))];
  },
  onnx: (emit, inputs) => emit.node("Div", inputs),
};

/** Divides `a` by `b`. */
export const divide = (a: Tensor, b: Tensor): Tensor => apply(divideOperation, [a, b], {});
