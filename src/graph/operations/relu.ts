/**
 * The rectifier, max(x, 0).
 * @module
 */
import { apply, type Operation, type Tensor } from "../tensor.ts";
import { allBlocked } from "./blocked.ts";
import { multiply } from "./multiply.ts";
import { positive } from "./threshold.ts";

/** d relu(x) = [relu(x) > 0] · dx */
export const reluOperation: Operation<object> = {
  name: "relu",
  shape: ([x]) => x,
  blocked: allBlocked,
  gradient: (incoming, { output }) => [multiply(incoming, positive(output))],
  onnx: (emit, inputs) => emit.node("Relu", inputs),
};

/** Replaces negative values by zero. */
export const relu = (x: Tensor): Tensor => apply(reluOperation, [x], {});
