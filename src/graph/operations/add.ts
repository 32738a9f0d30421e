/**
 * a + b, broadcast.
 * @module
 */
import { broadcastShape, sameShape } from "../shape.ts";
import { apply, type Operation, type Tensor } from "../tensor.ts";
import { allBlocked, inOneLayout } from "./blocked.ts";
import { sumTo } from "./sum.ts";

/** d(a + b) = da + db */
export const addOperation: Operation<object> = {
  name: "add",
  shape: ([a = [], b = []]) => broadcastShape("add", a, b),
  blocked: allBlocked,
  gradient: (incoming, { inputs }) => inputs.map(({ shape }) => sumTo(incoming, shape)),
  onnx: (emit, inputs) => emit.node("Add", inputs),
};

/** Adds two tensors or more. */
export const add = (first: Tensor, ...others: readonly Tensor[]): Tensor =>
  others.reduce((sum, other) => {
    const [a, b] = [unexpanded(sum, other), unexpanded(other, sum)];
    return apply(addOperation, inOneLayout(a, b), {});
  }, first);

/** What was expanded to the other's shape: a sum repeats it as well, and nothing has to be written out. */
const unexpanded = (x: Tensor, { shape, operation }: Tensor): Tensor =>
  x.operation === "expand" && operation !== "expand" && sameShape(x.shape, shape) ? (x.inputs[0] ?? x) : x;
