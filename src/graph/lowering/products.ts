/**
 * A product of several factors in as few nodes as it takes: constants are multiplied beforehand, numbers with each other
 * before anything large, and nothing is expanded that a product broadcasts by itself.
 * @module
 */
import type { OnnxNode } from "../onnx-graph.ts";
import { broadcastShape, type Shape, sameShape } from "../shape.ts";
import { goingNode, isNumber, type Model, numberIn, type Rule } from "./rewrite.ts";

/** c · Π factors. */
interface Product {
  readonly constant: number;
  readonly factors: readonly string[];
  /** How many nodes make it as it is written, of those that nothing else needs. */
  readonly nodes: number;
}

/** Mul, Add(x, x) and Add(x, 0) over each other → fewer Mul. */
export const foldProduct: Rule = (node, model) => {
  const product = productOf(node, model);
  if (product === undefined) return undefined;
  const { constant, factors } = product;
  const numbers = factors.filter((factor) => isNumber(model, factor));
  const arrays = factors.filter((factor) => !isNumber(model, factor));
  const constants = constant === 1 ? [] : [model.floats(Float32Array.of(constant), [])];
  const [first, ...others] = [...constants, ...numbers, ...arrays];
  const shape = broadcastOf(factors, model);
  const isSame = shape !== undefined && sameShape(shape, model.shapeOf(node.output) ?? [-1]);
  if (first === undefined || others.length >= product.nodes || !isSame) return undefined;
  return others.reduce(
    (made, factor) => model.node("Mul", [made, factor], broadcastOf([made, factor], model) ?? shape),
    first,
  );
};

/** The factors of what a node makes, if it makes a product. */
function productOf({ operator, inputs: [a = "", b = ""] }: OnnxNode, model: Model): Product | undefined {
  if (operator === "Mul") return times(factorsOf(a, model), factorsOf(b, model), 1);
  if (operator !== "Add") return undefined;
  if (a === b) return times({ ...ONE, constant: 2 }, factorsOf(a, model, 2), 1);
  if (numberIn(model, a) === 0) return times(ONE, factorsOf(b, model), 1);
  return numberIn(model, b) === 0 ? times(factorsOf(a, model), ONE, 1) : undefined;
}

/** The factors of a value: itself, unless it is a product that goes when what uses it so many times goes. */
function factorsOf(value: string, model: Model, uses = 1): Product {
  const number = numberIn(model, value);
  if (number !== undefined) return { constant: number, factors: [], nodes: 0 };
  const going = goingNode(model, value, uses);
  const node = model.producerOf(value);
  const [source = ""] = node?.inputs ?? [];
  if (node?.operator === "Expand" || (node?.operator === "Reshape" && isNumber(model, source))) {
    return going ? times(ONE, factorsOf(source, model), 1) : { ...ONE, factors: [source] };
  }
  return (going && productOf(going, model)) || { ...ONE, factors: [value] };
}

const ONE: Product = { constant: 1, factors: [], nodes: 0 };

const times = (a: Product, b: Product, nodes: number): Product => ({
  constant: a.constant * b.constant,
  factors: [...a.factors, ...b.factors],
  nodes: a.nodes + b.nodes + nodes,
});

/** The shape of values' product, where all their shapes are known. */
function broadcastOf(values: readonly string[], model: Model): Shape | undefined {
  let product: Shape = [];
  for (const value of values) {
    const shape = model.shapeOf(value);
    if (shape === undefined) return undefined;
    product = broadcastShape("Mul", product, shape);
  }
  return product;
}
