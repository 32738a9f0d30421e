/**
 * Applies rules to a model's nodes, one after another, until no rule has anything to say.
 * @module
 */
import { type OnnxConstant, type OnnxGraph, type OnnxNode, withoutUnused } from "../onnx-graph.ts";
import { broadcastShape, type Shape, sizeOf } from "../shape.ts";
import type { OnnxAttribute } from "../tensor.ts";

/**
 * A better form of a node's value: it makes it and returns its name, or returns undefined where the node is to stay. Each
 * use of a rule has to bring the model nearer to an end, for rules are tried until none applies.
 */
export type Rule = (node: OnnxNode, model: Model) => string | undefined;

/** A model on its way, as rules see it: all that is before the node. */
export interface Model {
  /** The node that a value comes from; none for inputs and constants. */
  producerOf(value: string): OnnxNode | undefined;
  /** How often nodes, or the model's user, take the value; more often, if anything, than they will in the end. */
  usesOf(value: string): number;
  shapeOf(value: string): Shape | undefined;
  constantOf(value: string): OnnxConstant | undefined;
  /** Makes a node, once for equal ones, and returns its value's name. */
  node(
    operator: string,
    inputs: readonly string[],
    shape: Shape,
    attributes?: Readonly<Record<string, OnnxAttribute>>,
  ): string;
  /** Keeps a constant and returns its name. */
  floats(values: Float32Array, shape: Shape): string;
  integers(values: readonly number[]): string;
}

/** Applies the rules wherever they apply, and drops what is of no use then. */
export function rewrite(graph: OnnxGraph, rules: readonly Rule[]): OnnxGraph {
  for (let [before, names] = [graph, 0]; ; ) {
    const { after, made } = rewriteOnce(before, rules, names);
    if (after === undefined) return before;
    [before, names] = [after, names + made];
  }
}

/** One time through all nodes; nothing comes after where no rule applied. */
function rewriteOnce(
  graph: OnnxGraph,
  rules: readonly Rule[],
  namesBefore: number,
): { readonly after?: OnnxGraph; readonly made: number } {
  const nodes: OnnxNode[] = [];
  const constants = new Map(graph.constants);
  const shapes = new Map(graph.shapes);
  const producers = new Map<string, OnnxNode>();
  const values = new Map<string, string>();
  const kept = new Map<string, string>();
  const uses = usesIn(graph);
  const renamed = new Map<string, string>();
  let [made, applied] = [0, false];
  const freshName = (): string => `%lowered${namesBefore + made++}`;

  const shapeOf = (value: string): Shape | undefined => shapes.get(value) ?? constants.get(value)?.shape;
  const push = (node: OnnxNode): string => {
    const key = JSON.stringify([node.operator, node.inputs, node.attributes]);
    const equal = values.get(key);
    if (equal !== undefined) return equal;
    values.set(key, node.output);
    nodes.push(node);
    producers.set(node.output, node);
    const shape = shapes.get(node.output) ?? shapeMadeBy(node, shapeOf);
    if (shape !== undefined) shapes.set(node.output, shape);
    return node.output;
  };
  const keep = (key: string, constant: OnnxConstant): string => {
    const name = kept.get(key) ?? freshName();
    kept.set(key, name);
    constants.set(name, constant);
    return name;
  };
  const model: Model = {
    producerOf: (value) => producers.get(value),
    usesOf: (value) => uses.get(value) ?? 0,
    shapeOf,
    constantOf: (value) => constants.get(value),
    node(operator, inputs, shape, attributes = {}) {
      const output = freshName();
      shapes.set(output, shape);
      for (const input of inputs) uses.set(input, (uses.get(input) ?? 0) + 1);
      return push({ operator, inputs, output, attributes });
    },
    floats: (values, shape) =>
      keep(`floats ${values.length === 1 ? values[0] : constants.size} [${shape.join()}]`, { values, shape }),
    integers: (values) =>
      keep(`integers ${values.join()}`, {
        values: BigInt64Array.from(values, BigInt),
        shape: [values.length],
      }),
  };

  for (const old of graph.nodes) {
    const node = { ...old, inputs: old.inputs.map((name) => renamed.get(name) ?? name) };
    const found = firstOf(rules, node, model);
    applied ||= found !== undefined;
    const value = found ?? push(node);
    if (value === node.output) continue;
    renamed.set(node.output, value);
    uses.set(value, (uses.get(value) ?? 0) + (uses.get(node.output) ?? 0));
  }
  if (!applied) return { made };
  const results = graph.results.map((name) => renamed.get(name) ?? name);
  return { after: withoutUnused({ nodes, constants, shapes, results }), made };
}

function firstOf(rules: readonly Rule[], node: OnnxNode, model: Model): string | undefined {
  for (const rule of rules) {
    const value = rule(node, model);
    if (value !== undefined) return value;
  }
  return undefined;
}

function usesIn({ nodes, results }: OnnxGraph): Map<string, number> {
  const uses = new Map<string, number>();
  for (const name of [...results, ...nodes.flatMap(({ inputs }) => inputs)]) {
    uses.set(name, (uses.get(name) ?? 0) + 1);
  }
  return uses;
}

/** The shapes of values inside operations' own forms, which are matrices, their norms and products with those. */
function shapeMadeBy(
  { operator, inputs, attributes }: OnnxNode,
  shapeOf: (value: string) => Shape | undefined,
): Shape | undefined {
  const [a, b] = inputs.map(shapeOf);
  switch (operator) {
    case "Sqrt":
      return a;
    case "ReduceSumSquare":
    case "ReduceL2":
      return attributes.axes === undefined ? [] : a?.slice(0, 1);
    case "Mul":
    case "Div":
    case "Add":
    case "Sub":
      return a && b && broadcastShape(operator, a, b);
    case "Transpose":
      return a?.length === 2 ? a.toReversed() : undefined;
    case "MatMul":
    case "Gemm":
      return a?.length === 2 && b?.length === 2
        ? [a[isOne(attributes.transA) ? 1 : 0], b[isOne(attributes.transB) ? 0 : 1]]
        : undefined;
    default:
      return undefined;
  }
}

const isOne = (attribute: OnnxAttribute | undefined): boolean =>
  attribute !== undefined && "integer" in attribute && attribute.integer === 1;

/** Whether a value is a single number, in whatever shape. */
export function isNumber(model: Model, value: string): boolean {
  const shape = model.shapeOf(value);
  return shape !== undefined && sizeOf(shape) === 1;
}

/** The number that a constant of one value is. */
export function numberIn(model: Model, value: string): number | undefined {
  const values = model.constantOf(value)?.values;
  return values instanceof Float32Array && values.length === 1 ? values[0] : undefined;
}

/** The integers that a constant is: axes, bounds or sizes. */
export function integersIn(model: Model, value: string | undefined): readonly number[] | undefined {
  const values = value === undefined ? undefined : model.constantOf(value)?.values;
  return values instanceof BigInt64Array ? [...values].map(Number) : undefined;
}

/** The node that a value comes from, if it goes when what takes the value goes. */
export const goingNode = (model: Model, value: string, uses = 1): OnnxNode | undefined =>
  model.usesOf(value) === uses ? model.producerOf(value) : undefined;
