/**
 * A sum whose axes are dropped afterwards, without the node that drops them.
 * @module
 */
import type { OnnxNode } from "../onnx-graph.ts";
import { type Shape, sameShape } from "../shape.ts";
import { goingNode, integersIn, type Model, type Rule } from "./rewrite.ts";

/** Reshape(ReduceSum(ReduceSum(x))) to the shape that is left of x → sums that do not keep their axes. */
export const wholeSum: Rule = ({ operator, inputs: [summed = ""], output }, model) => {
  const shape = model.shapeOf(output);
  const sum = operator === "Reshape" ? droppingSum(summed, model) : undefined;
  return sum && shape && sameShape(sum.shape, shape) ? sum.make() : undefined;
};

/** A sum that does not keep its axes, to be made. */
interface DroppingSum {
  readonly shape: Shape;
  /** The first of the axes that it drops. */
  readonly first: number;
  make(): string;
}

/** Sums over each other that nothing else needs, the last axes first: those before keep their numbers. */
function droppingSum(value: string, model: Model): DroppingSum | undefined {
  const node = goingNode(model, value);
  const [x = "", axesName = ""] = node?.inputs ?? [];
  const axes = integersIn(model, axesName);
  if (node?.operator !== "ReduceSum" || !keepsAxes(node.attributes) || axes === undefined) return undefined;
  const before = droppingSum(x, model);
  const shape = before?.shape ?? model.shapeOf(x);
  if (shape === undefined || axes.some((axis) => axis >= (before?.first ?? shape.length))) return undefined;
  const rest = shape.filter((_, axis) => !axes.includes(axis));
  return {
    shape: rest,
    first: Math.min(...axes),
    make: () => model.node("ReduceSum", [before?.make() ?? x, axesName], rest, { keepdims: { integer: 0 } }),
  };
}

const keepsAxes = ({ keepdims }: OnnxNode["attributes"]): boolean =>
  keepdims !== undefined && "integer" in keepdims && keepdims.integer === 1;
