/**
 * A box cut out of a box, at once.
 * @module
 */
import type { OnnxNode } from "../onnx-graph.ts";
import { integersIn, type Model, type Rule } from "./rewrite.ts";

/** Slice(Slice(x)), both with bounds for every axis → Slice(x). */
export const foldSlices: Rule = (node, model) => {
  const outer = boxOf(node, model);
  const inner = outer && boxOf(model.producerOf(outer.x), model);
  const shape = model.shapeOf(node.output);
  if (!outer || !inner || !shape) return undefined;
  const [start, end] = [outer.start, outer.end].map((bounds) =>
    model.integers(bounds.map((bound, axis) => bound + (inner.start[axis] ?? 0))),
  );
  return model.node("Slice", [inner.x, start, end, inner.axes], shape);
};

/** What a Slice without steps cuts out of x, from all its axes. */
function boxOf(node: OnnxNode | undefined, model: Model) {
  const [x = "", from, to, axes = "", steps] = node?.inputs ?? [];
  if (node?.operator !== "Slice" || steps !== undefined) return undefined;
  const [start, end, order] = [from, to, axes].map((bounds) => integersIn(model, bounds));
  const all = order?.every((axis, index) => axis === index) && order.length === model.shapeOf(x)?.length;
  return start && end && all ? { x, axes, start, end } : undefined;
}
