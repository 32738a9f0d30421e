/**
 * A node of the differentiable graph, and how an operation is defined: its shape rule, its gradient and its ONNX form
 * in one record. Nothing is computed here; a graph is a description, written out by `onnx.ts` and run elsewhere.
 * @module
 */
import { type Shape, ShapeError, sizeOf } from "./shape.ts";

/** A value of the graph. Tensors are compared by identity and never change. */
export interface Tensor {
  readonly shape: Shape;
  /** The name of the operation that makes it; `input` and `constant` for the leaves. */
  readonly operation: string;
  readonly inputs: readonly Tensor[];
  /** Whether ONNX Runtime holds it in the blocked layout, where it has one; see operations/blocked.ts. */
  readonly blocked: boolean;
  /** Set on the leaves alone: a named input of the graph, or the values of a constant. */
  readonly leaf?: { readonly input: string } | { readonly constant: Float32Array };
  /** The gradient with respect to each input, given that with respect to this tensor; undefined where there is none. */
  gradient(incoming: Tensor): readonly (Tensor | undefined)[];
  /** Emits the ONNX nodes and returns the name of the result. */
  write(emit: Emit, inputs: readonly string[]): string;
}

/** An ONNX attribute; its type is stated, for ONNX tells a whole float from an integer. */
export type OnnxAttribute =
  | { readonly float: number }
  | { readonly integer: number }
  | { readonly integers: readonly number[] }
  | { readonly text: string };

/** What is good where a model is to run. A runtime says so of its device; a form that is merely allowed is not named here. */
export interface Capabilities {
  /** Feeding costs next to nothing, so that large constants are better shared between models than kept in each. */
  readonly freeFeeds: boolean;
  /** Winograd's algorithm, written as matrix products, is faster than the device's own convolution of many channels. */
  readonly winograd: boolean;
  /** Convolutions work in blocks of channels; see operations/blocked.ts. */
  readonly channelBlocks: boolean;
  /** Identity matrices are better kept in the model than made where it runs; see lowering/constant-identity.ts. */
  readonly constantIdentity: boolean;
  /** A matrix product that is scaled, added to or of transposed matrices is one node; see lowering/gemm.ts. */
  readonly gemm: boolean;
  /** Long sums are better taken in parts, which run side by side; see operations/split-product.ts. */
  readonly splitSums: boolean;
  /** Arithmetic costs more than nodes, so that matrix functions take fewer products; see operations/newton-schulz.ts. */
  readonly fewProducts: boolean;
  /** A node costs more than the few numbers it computes, so that fewer are better; see lowering/products.ts. */
  readonly fewNodes: boolean;
}

/** A device of which nothing is known. */
export const NO_CAPABILITIES: Capabilities = {
  freeFeeds: false,
  winograd: false,
  channelBlocks: false,
  constantIdentity: false,
  gemm: false,
  splitSums: false,
  fewProducts: false,
  fewNodes: false,
};

/** What an operation writes itself with. Each call returns the name of a value; equal calls make it once. */
export interface Emit {
  node(
    operator: string,
    inputs: readonly string[],
    attributes?: Readonly<Record<string, OnnxAttribute>>,
  ): string;
  /** A constant kept in the model. */
  floats(values: Float32Array, shape: Shape): string;
  integers(values: readonly number[]): string;
  /** A constant made from another, once for all models of a runtime, which share it where feeding is free. */
  shared(source: Float32Array, shape: Shape, make: (source: Float32Array) => Float32Array): string;
  readonly capabilities: Capabilities;
}

/** One node as its operation's rules see it. */
export interface Node<Attributes> {
  readonly inputs: readonly Tensor[];
  readonly output: Tensor;
  readonly attributes: Attributes;
}

/** Everything that makes an operation. */
export interface Operation<Attributes> {
  readonly name: string;
  /** The shape of the result. @throws ShapeError when the inputs do not fit. */
  shape(inputs: readonly Shape[], attributes: Attributes): Shape;
  /** Whether the result is in the blocked layout, if its channels fill whole blocks; never, when absent. */
  blocked?(inputs: readonly Tensor[], attributes: Attributes): boolean;
  /** Builds ∂loss/∂input for each input from `incoming` = ∂loss/∂output. */
  gradient(incoming: Tensor, node: Node<Attributes>): readonly (Tensor | undefined)[];
  /** Emits the ONNX form, given the names of the inputs' values. */
  onnx(emit: Emit, inputs: readonly string[], node: Node<Attributes>): string;
}

/** A multiple of a block of channels, which is 8 or 16, by processor. */
const BLOCK = 16;

const fillsBlocks = ({ length, 1: channels = 0 }: Shape): boolean => length === 4 && channels % BLOCK === 0;

/** Places an operation in a graph. */
export function apply<Attributes>(
  operation: Operation<Attributes>,
  inputs: readonly Tensor[],
  attributes: Attributes,
): Tensor {
  const shape = operation.shape(
    inputs.map(({ shape }) => shape),
    attributes,
  );
  const output: Tensor = {
    shape,
    operation: operation.name,
    inputs,
    blocked: fillsBlocks(shape) && (operation.blocked?.(inputs, attributes) ?? false),
    gradient: (incoming) => operation.gradient(incoming, { inputs, output, attributes }),
    write: (emit, names) => operation.onnx(emit, names, { inputs, output, attributes }),
  };
  return output;
}

const leaf = (shape: Shape, content: NonNullable<Tensor["leaf"]>): Tensor => ({
  shape,
  operation: "input" in content ? "input" : "constant",
  inputs: [],
  blocked: false,
  leaf: content,
  gradient: () => [],
  write: (emit) => ("input" in content ? content.input : emit.floats(content.constant, shape)),
});

/** A value given anew at each run, under this name. */
export const input = (name: string, shape: Shape): Tensor => leaf(shape, { input: name });

/**
 * A value fixed when the graph is compiled. The array is kept, not copied.
 * @throws ShapeError when the number of values is not the shape's.
 */
export function constant(values: Float32Array, shape: Shape): Tensor {
  if (values.length !== sizeOf(shape)) {
    throw new ShapeError("constant", `the shape of ${values.length} values`, [shape]);
  }
  return leaf(shape, { constant: values });
}

/** A single number fixed when the graph is compiled. */
export const scalar = (value: number): Tensor => constant(Float32Array.of(value), []);
