/**
 * A model as plain data, before it is encoded: what operations emit, what lowering rewrites and what is written.
 * @module
 */
import type { Shape } from "./shape.ts";
import type { OnnxAttribute } from "./tensor.ts";

/** One operator at work on values, by their names; absent inputs are empty names. */
export interface OnnxNode {
  readonly operator: string;
  readonly inputs: readonly string[];
  readonly output: string;
  readonly attributes: Readonly<Record<string, OnnxAttribute>>;
}

/** A constant kept in the model. */
export interface OnnxConstant {
  readonly values: Float32Array | BigInt64Array;
  readonly shape: Shape;
}

/** Nodes, each behind those whose values it takes. */
export interface OnnxGraph {
  readonly nodes: readonly OnnxNode[];
  /** By their values' names. */
  readonly constants: ReadonlyMap<string, OnnxConstant>;
  /** The shapes of values as far as they are known; those inside an operation's own form are not. */
  readonly shapes: ReadonlyMap<string, Shape>;
  /** The values that the model is for. */
  readonly results: readonly string[];
}

/** The graph without nodes and constants that nothing asks for. */
export function withoutUnused(graph: OnnxGraph): OnnxGraph {
  const used = new Set(graph.results);
  const nodes = graph.nodes.toReversed().filter(({ output, inputs }) => {
    if (!used.has(output)) return false;
    for (const input of inputs) used.add(input);
    return true;
  });
  const constants = new Map([...graph.constants].filter(([name]) => used.has(name)));
  return { ...graph, nodes: nodes.reverse(), constants };
}
