/**
 * A box cut out of a box, at once.
 * @module
 */
import type { OnnxNode } from "../onnx-graph.ts";
import type { Model, Rule } from "./rewrite.ts";

/** Slice(Slice(x)), both with bounds for every axis → Slice(x). */
export const foldSlices: Rule = (node, model) => {
  const [cut = ""] = node.inputs;
  const [outer, inner] = [boxOf(node, model), boxOf(model.producerOf(cut), model)];
  const shape = model.shapeOf(node.output);
  if (!outer || !inner || !shape || outer.start.length !== inner.start.length) return undefined;
  const moved = (bounds: readonly number[]) => bounds.map((bound, axis) => bound + (inner.start[axis] ?? 0));
  const bounds = [moved(outer.start), moved(outer.end)].map((values) => model.integers(values));
  return model.node("Slice", [inner.x, ...bounds, inner.axes], shape);
};

/** What a Slice without steps cuts out of x. */
function boxOf(node: OnnxNode | undefined, model: Model) {
  const [x = "", from = "", to = "", axes = "", steps] = node?.inputs ?? [];
  if (node?.operator !== "Slice" || steps !== undefined) return undefined;
  const [start, end, order] = [from, to, axes].map((name) => model.constantOf(name)?.values);
  const everyAxis = order instanceof BigInt64Array && order.every((axis, index) => Number(axis) === index);
  const rank = model.shapeOf(x)?.length;
  if (!(start instanceof BigInt64Array && end instanceof BigInt64Array) || !everyAxis || rank !== start.length) {
    return undefined;
  }
  return { x, axes, start: [...start].map(Number), end: [...end].map(Number) };
}
