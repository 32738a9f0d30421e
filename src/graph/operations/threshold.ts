/**
 * Masks: 1 where a ≥ b (`atLeast`) or where x > 0 (`positive`), else 0. Their gradient is zero wherever they have one.
 * Written as HardSigmoid, clip(±1e38·x + …, 0, 1), which runs on every core; ONNX's Sign and comparisons do not.
 * @module
 */
import { broadcastShape, sizeOfAxis } from "../shape.ts";
import { apply, type Operation, type Tensor } from "../tensor.ts";
import { allBlocked, emitScaleInBlocks, inOneLayout } from "./blocked.ts";

const STEEP = 1e38;

/** y = [x > 0] */
export const positiveOperation: Operation<object> = {
  name: "positive",
  shape: ([x]) => x,
  blocked: allBlocked,
  gradient: () => [undefined],
  onnx: (emit, inputs) => emit.node("HardSigmoid", inputs, { alpha: { float: STEEP }, beta: { float: 0 } }),
};

/** y = [a ≥ b] */
export const atLeastOperation: Operation<object> = {
  name: "atLeast",
  shape: ([a, b]) => broadcastShape("atLeast", a, b),
  blocked: allBlocked,
  gradient: () => [undefined, undefined],
  onnx(emit, [a, b], { output }) {
    // In the blocked layout ONNX Runtime has Add, but no Sub.
    const difference =
      emit.capabilities.channelBlocks && output.blocked
        ? emit.node("Add", [emitScaleInBlocks(emit, a, sizeOfAxis(output.shape, 1), -1), b])
        : emit.node("Sub", [b, a]);
    return emit.node("HardSigmoid", [difference], { alpha: { float: -STEEP }, beta: { float: 1 } });
  },
};

/** 1 where a value is above zero, else 0. */
export const positive = (x: Tensor): Tensor => apply(positiveOperation, [x], {});

/** 1 where `a` is at least `b`, else 0. */
export const atLeast = (a: Tensor, b: Tensor): Tensor => apply(atLeastOperation, inOneLayout(a, b), {});
