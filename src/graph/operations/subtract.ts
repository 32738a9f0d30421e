/**
 * a − b, broadcast.
 * @module
 */
import { broadcastShape } from "../shape.ts";
import { apply, type Operation, type Tensor } from "../tensor.ts";
import { scale } from "./multiply.ts";
import { sumTo } from "./sum.ts";

/** d(a − b) = da − db */
export const subtractOperation: Operation<object> = {
  name: "subtract",
  shape: ([a, b]) => broadcastShape("subtract", a, b),
  gradient: (incoming, { inputs: [a, b] }) => [sumTo(incoming, a.shape), scale(-1, sumTo(incoming, b.shape))],
  onnx: (emit, inputs) => emit.node("Sub", inputs),
};

/** Subtracts `b` from `a`. */
export const subtract = (a: Tensor, b: Tensor): Tensor => apply(subtractOperation, [a, b], {});
