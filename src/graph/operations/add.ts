/**
 * a + b, broadcast.
 * @module
 */
import { broadcastShape } from "../shape.ts";
import { apply, type Operation, type Tensor } from "../tensor.ts";
import { allBlocked, inOneLayout } from "./blocked.ts";
import { sumTo } from "./sum.ts";

/** d(a + b) = da + db */
export const addOperation: Operation<object> = {
  name: "add",
  shape: ([a, b]) => broadcastShape("add", a, b),
  blocked: allBlocked,
  gradient: (incoming, { inputs }) => inputs.map(({ shape }) => sumTo(incoming, shape)),
  onnx: (emit, inputs) => emit.node("Add", inputs),
};

/** Adds two tensors or more. */
export const add = (first: Tensor, ...others: readonly Tensor[]): Tensor =>
  others.reduce((sum, other) => apply(addOperation, inOneLayout(sum, other), {}), first);
