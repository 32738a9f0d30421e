/**
 * The messages of an ONNX model, as far as impasto writes them. Names, and the numbers of fields and types, are those
 * of onnx.proto (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto).
 * @module
 */
import { Message } from "./protobuf.ts";
import type { Shape } from "./shape.ts";
import type { OnnxAttribute } from "./tensor.ts";

const IR_VERSION = 8;
const OPSET = 17;

/** TensorProto.DataType. */
const FLOAT = 1;
const INT64 = 7;

/** AttributeProto.AttributeType. */
const ATTRIBUTE_TYPES = { float: 1, integer: 2, text: 3, integers: 7 } as const;

/** A model of ONNX's own operators, whose domain has the empty name. */
export const modelProto = (producer: string, graph: Message): Message =>
  new Message()
    .integer(1, IR_VERSION)
    .text(2, producer)
    .message(7, graph)
    .message(8, new Message().text(1, "").integer(2, OPSET));

/** What a graph consists of. */
interface GraphParts {
  readonly name: string;
  /** Each behind those whose outputs it takes. */
  readonly nodes: readonly Message[];
  readonly initializers: readonly Message[];
  readonly inputs: readonly Message[];
  readonly outputs: readonly Message[];
}

/** A graph. */
export function graphProto({ name, nodes, initializers, inputs, outputs }: GraphParts): Message {
  const graph = new Message();
  for (const node of nodes) graph.message(1, node);
  graph.text(2, name);
  for (const initializer of initializers) graph.message(5, initializer);
  for (const input of inputs) graph.message(11, input);
  for (const output of outputs) graph.message(12, output);
  return graph;
}

/** What a node consists of. */
interface NodeParts {
  readonly operator: string;
  readonly name?: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes?: Readonly<Record<string, OnnxAttribute>>;
}

/** One operator at work. */
export function nodeProto({ operator, name, inputs, outputs, attributes = {} }: NodeParts): Message {
  const node = new Message();
  for (const input of inputs) node.text(1, input);
  for (const output of outputs) node.text(2, output);
  if (name !== undefined) node.text(3, name);
  node.text(4, operator);
  for (const attribute of Object.entries(attributes)) node.message(5, attributeProto(...attribute));
  return node;
}

/** The type is stated: ONNX tells a FLOAT that is whole from an INT. */
function attributeProto(name: string, value: OnnxAttribute): Message {
  const attribute = new Message().text(1, name);
  if ("float" in value) return attribute.float(2, value.float).integer(20, ATTRIBUTE_TYPES.float);
  if ("integer" in value) return attribute.integer(3, value.integer).integer(20, ATTRIBUTE_TYPES.integer);
  if ("integers" in value) return attribute.integers(8, value.integers).integer(20, ATTRIBUTE_TYPES.integers);
  return attribute.text(4, value.text).integer(20, ATTRIBUTE_TYPES.text);
}

/** A constant; its values in the byte order of every processor that ONNX Runtime is built for. */
export const tensorProto = (name: string, shape: Shape, values: Float32Array | BigInt64Array): Message =>
  new Message()
    .integers(1, shape)
    .integer(2, values instanceof Float32Array ? FLOAT : INT64)
    .text(8, name)
    .bytes(9, new Uint8Array(values.buffer, values.byteOffset, values.byteLength));

/** The name of an input or output of a graph, a float tensor of this shape. */
export function valueInfoProto(name: string, shape: Shape): Message {
  const dimensions = new Message();
  for (const size of shape) dimensions.message(1, new Message().integer(1, size));
  const tensor = new Message().integer(1, FLOAT).message(2, dimensions);
  return new Message().text(1, name).message(2, new Message().message(1, tensor));
}
