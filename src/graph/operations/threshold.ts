/**
 * Masks: 1 where a ≥ b (`atLeast`) or where x > 0 (`positive`), else 0. Their gradient is zero wherever they have one.
 * Written as HardSigmoid, clip(±1e38·x + …, 0, 1), which runs on every core; ONNX's Sign and comparisons do not.
 * @module
 */
import { broadcastShape } from "../shape.ts";
import { apply, type Operation, type Tensor } from "../tensor.ts";

const STEEP = 1e38;

/** y = [x > 0] */
export const positiveOperation: Operation<object> = {
  name: "positive",
  shape: ([x = []]) => x,
  gradient: () => [undefined],
  onnx: (emit, inputs) => emit.node("HardSigmoid", inputs, { alpha: { float: STEEP }, beta: { float: 0 } }),
};

/** y = [a ≥ b] */
export const atLeastOperation: Operation<object> = {
  name: "atLeast",
  shape: ([a = [], b = []]) => broadcastShape("atLeast", a, b),
  gradient: () => [undefined, undefined],
  onnx: (emit, [a = "", b = ""]) =>
    emit.node("HardSigmoid", [emit.node("Sub", [b, a])], { alpha: { float: -STEEP }, beta: { float: 1 } }),
};

/** 1 where a value is above zero, else 0. */
export const positive = (x: Tensor): Tensor => apply(positiveOperation, [x], {});

/** 1 where `a` is at least `b`, else 0. */
export const atLeast = (a: Tensor, b: Tensor): Tensor => apply(atLeastOperation, [a, b], {});
