/**
 * √x, value by value.
 * @module
 */
import { apply, type Operation, type Tensor } from "../tensor.ts";
import { divide } from "./divide.ts";
import { scale } from "./multiply.ts";

/** d√x = dx / (2√x) */
export const squareRootOperation: Operation<object> = {
  name: "squareRoot",
  shape: ([x]) => x,
  gradient: (incoming, { output }) => [divide(scale(0.5, incoming), output)],
  onnx: (emit, inputs) => emit.node("Sqrt", inputs),
};

/** The square root of each value; keep values away from 0, where the gradient has no bound. */
export const squareRoot = (x: Tensor): Tensor => apply(squareRootOperation, [x], {});
