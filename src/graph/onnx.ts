/**
 * Writes a graph as an ONNX model: nodes in order, equal ones once, constants as initialisers.
 * @module
 */
import onnxProto from "onnx-proto";
import { ImpastoError } from "../errors.ts";
import { topologicalOrder } from "./gradients.ts";
import { formatShape, type Shape } from "./shape.ts";
import type { Emit, OnnxAttribute, Tensor } from "./tensor.ts";

const { onnx } = onnxProto;
const IR_VERSION = 8;
const OPSET = 17;

/** An encoded model, and what has to be fed to it at each run. */
export interface OnnxModel {
  readonly bytes: Uint8Array;
  /** The graph's own inputs. */
  readonly inputs: ReadonlyMap<string, Shape>;
  /** Constants that are fed rather than kept in the model. */
  readonly shared: ReadonlyMap<string, { readonly values: Float32Array; readonly shape: Shape }>;
}

/** What was made from constants for the models of one runtime: by the constant, then by the shape it was made in. */
export type MadeConstants = WeakMap<Float32Array, Map<string, Float32Array>>;

/** What a model is written for. */
export interface OnnxTarget {
  /** Whether it is for the CPU; see {@link Emit.cpu}. */
  readonly cpu: boolean;
  /** Whether convolutions there work in blocks of channels; see {@link Emit.channelBlocks}. */
  readonly channelBlocks: boolean;
  /** What was made from constants for other models of the same runtime; see {@link Emit.shared}. */
  readonly made: MadeConstants;
}

/** What the names of values inside a model begin with, and no name that is given from outside. */
const INTERNAL = "%";

/**
 * Encodes the model that computes `outputs`, each under its name, in float32.
 * @throws ImpastoError when an output has an input's name, or a name begins with `%`.
 */
export function writeOnnx(outputs: Readonly<Record<string, Tensor>>, target: OnnxTarget): OnnxModel {
  const nodes: onnxProto.onnx.INodeProto[] = [];
  const initializers: onnxProto.onnx.ITensorProto[] = [];
  const inputs = new Map<string, Shape>();
  const shared = new Map<string, { readonly values: Float32Array; readonly shape: Shape }>();
  const emit = emitter(nodes, initializers, shared, target);

  const written = new Map<Tensor, string>();
  for (const tensor of topologicalOrder(Object.values(outputs))) {
    if (tensor.leaf && "input" in tensor.leaf) inputs.set(tensor.leaf.input, tensor.shape);
    const names = tensor.inputs.map((one) => written.get(one) ?? "");
    written.set(tensor, tensor.write(emit, names));
  }
  checkNames([...inputs.keys()], Object.keys(outputs));
  for (const [name, tensor] of Object.entries(outputs)) {
    nodes.push({ opType: "Identity", input: [written.get(tensor) ?? ""], output: [name] });
  }

  const bytes = onnx.ModelProto.encode({
    irVersion: IR_VERSION,
    opsetImport: [{ domain: "", version: OPSET }],
    producerName: "impasto",
    graph: {
      name: "impasto",
      node: nodes,
      initializer: initializers,
      input: [...inputs, ...[...shared].map(([name, { shape }]) => [name, shape] as const)].map(
        ([name, shape]) => valueInfo(name, shape),
      ),
      output: Object.entries(outputs).map(([name, { shape }]) => valueInfo(name, shape)),
    },
  }).finish();
  return { bytes, inputs, shared };
}

function checkNames(inputs: readonly string[], outputs: readonly string[]): void {
  for (const name of [...inputs, ...outputs]) {
    if (name.startsWith(INTERNAL)) {
      throw new ImpastoError(`model: expected names that do not begin with ${INTERNAL}, got "${name}"`);
    }
  }
  const [twice] = outputs.filter((name) => inputs.includes(name));
  if (twice !== undefined) {
    throw new ImpastoError(
      `model: expected outputs named otherwise than its inputs, got "${twice}" for both`,
    );
  }
}

function emitter(
  nodes: onnxProto.onnx.INodeProto[],
  initializers: onnxProto.onnx.ITensorProto[],
  fed: Map<string, { readonly values: Float32Array; readonly shape: Shape }>,
  { cpu, channelBlocks, made }: OnnxTarget,
): Emit {
  const values = new Map<string, string>();
  const constants = new Map<string, string>();
  const arrays = new Map<Float32Array, number>();
  const initializer = (key: string, tensor: Omit<onnxProto.onnx.ITensorProto, "name">): string => {
    const name = constants.get(key) ?? `${INTERNAL}constant${initializers.length}`;
    if (!constants.has(key)) initializers.push({ ...tensor, name });
    constants.set(key, name);
    return name;
  };
  const { FLOAT, INT64 } = onnx.TensorProto.DataType;
  return {
    node(operator, input, attributes = {}) {
      const key = JSON.stringify([operator, input, attributes]);
      const output = values.get(key) ?? `${INTERNAL}value${nodes.length}`;
      if (values.has(key)) return output;
      values.set(key, output);
      const attribute = Object.entries(attributes).map(([name, value]) => encodeAttribute(name, value));
      nodes.push({
        opType: operator,
        name: `${operator}${nodes.length}`,
        input: [...input],
        output: [output],
        attribute,
      });
      return output;
    },
    floats(values, shape) {
      if (!arrays.has(values)) arrays.set(values, arrays.size);
      const [first] = values;
      const content = values.every((value) => value === first) ? `${first}` : `#${arrays.get(values)}`;
      return initializer(`floats ${content} [${shape.join()}]`, {
        dataType: FLOAT,
        dims: [...shape],
        rawData: bytesOf(values),
      });
    },
    shared(source, shape, make) {
      const madeOfSource = made.get(source) ?? new Map<string, Float32Array>();
      const key = formatShape(shape);
      const values = madeOfSource.get(key) ?? make(source);
      made.set(source, madeOfSource.set(key, values));
      if (!arrays.has(values)) arrays.set(values, arrays.size);
      const name = `${INTERNAL}shared${arrays.get(values)}`;
      fed.set(name, { values, shape });
      return name;
    },
    cpu,
    channelBlocks,
    integers(values) {
      const rawData = bytesOf(BigInt64Array.from(values, BigInt));
      return initializer(`integers ${values.join(" ")}`, { dataType: INT64, dims: [values.length], rawData });
    },
  };
}

const bytesOf = ({ buffer, byteOffset, byteLength }: Float32Array | BigInt64Array): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);

function encodeAttribute(name: string, value: OnnxAttribute): onnxProto.onnx.IAttributeProto {
  const { FLOAT, INT, INTS, STRING } = onnx.AttributeProto.AttributeType;
  if ("float" in value) return { name, type: FLOAT, f: value.float };
  if ("integer" in value) return { name, type: INT, i: value.integer };
  if ("integers" in value) return { name, type: INTS, ints: [...value.integers] };
  return { name, type: STRING, s: new TextEncoder().encode(value.text) };
}

const valueInfo = (name: string, shape: Shape): onnxProto.onnx.IValueInfoProto => ({
  name,
  type: {
    tensorType: {
      elemType: onnx.TensorProto.DataType.FLOAT,
      shape: { dim: shape.map((dimValue) => ({ dimValue })) },
    },
  },
});
