/**
 * a · b, value by value, broadcast.
 * @module
 */
import { broadcastShape } from "../shape.ts";
import { apply, type Operation, scalar, type Tensor } from "../tensor.ts";
import { allBlocked, inOneLayout, scaleInBlocksOperation } from "./blocked.ts";
import { sumTo } from "./sum.ts";

/** d(a · b) = da · b + a · db */
export const multiplyOperation: Operation<object> = {
  name: "multiply",
  shape: ([a, b]) => broadcastShape("multiply", a, b),
  blocked: allBlocked,
  gradient: (incoming, { inputs: [a, b] }) => [
    sumTo(multiply(incoming, b), a.shape),
    sumTo(multiply(incoming, a), b.shape),
  ],
  onnx: (emit, inputs) => emit.node("Mul", inputs),
};

/** Multiplies two tensors value by value. */
export const multiply = (a: Tensor, b: Tensor): Tensor => apply(multiplyOperation, inOneLayout(a, b), {});

/** Multiplies a tensor by a number. */
export function scale(factor: number, x: Tensor): Tensor {
  if (factor === 1) return x;
  return x.blocked ? apply(scaleInBlocksOperation, [x], { factor }) : multiply(x, scalar(factor));
}

/** The square of each value. */
export const square = (x: Tensor): Tensor => multiply(x, x);
