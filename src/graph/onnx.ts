/**
 * Writes a graph as an ONNX model: nodes in order, equal ones once, constants as initialisers; lowered for its device.
 * @module
 */
import { ImpastoError } from "../errors.ts";
import { topologicalOrder } from "./gradients.ts";
import { lower } from "./lowering.ts";
import type { OnnxConstant, OnnxNode } from "./onnx-graph.ts";
import { graphProto, modelProto, nodeProto, tensorProto, valueInfoProto } from "./onnx-messages.ts";
import { formatShape, type Shape } from "./shape.ts";
import type { Capabilities, Emit, Tensor } from "./tensor.ts";

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
  readonly capabilities: Capabilities;
  /** What was made from constants for other models of the same runtime; see {@link Emit.shared}. */
  readonly made: MadeConstants;
}

/** Protocol buffers, and ONNX Runtime with them, end at two gigabytes. */
const LARGEST_MODEL = 2 ** 31 - 1;

/** What the names of values inside a model begin with, and no name that is given from outside. */
const INTERNAL = "%";

/** What is fed beside a graph's own inputs, by its name. */
type Fed = Map<string, { readonly values: Float32Array; readonly shape: Shape }>;

/**
 * Encodes the model that computes `outputs`, each under its name, in float32.
 * @throws ImpastoError when an output has an input's name, a name begins with `%`, or the constants kept in the model
 * make it larger than two gigabytes.
 */
export function writeOnnx(outputs: Readonly<Record<string, Tensor>>, target: OnnxTarget): OnnxModel {
  const nodes: OnnxNode[] = [];
  const constants = new Map<string, OnnxConstant>();
  const inputs = new Map<string, Shape>();
  const shared: Fed = new Map();
  const emit = emitter(nodes, constants, shared, target);

  const written = new Map<Tensor, string>();
  const shapes = new Map<string, Shape>();
  for (const tensor of topologicalOrder(Object.values(outputs))) {
    if (tensor.leaf && "input" in tensor.leaf) inputs.set(tensor.leaf.input, tensor.shape);
    const names = tensor.inputs.map((one) => written.get(one) ?? "");
    const name = tensor.write(emit, names);
    written.set(tensor, name);
    shapes.set(name, tensor.shape);
  }
  checkNames([...inputs.keys()], Object.keys(outputs));
  const results = Object.values(outputs).map((tensor) => written.get(tensor) ?? "");
  const lowered = lower({ nodes, constants, shapes, results }, target.capabilities);
  const fed = [...inputs, ...[...shared].map(([name, { shape }]) => [name, shape] as const)];
  const graph = graphProto({
    name: "impasto",
    nodes: [
      ...lowered.nodes.map(({ operator, inputs, output, attributes }, index) =>
        nodeProto({ operator, name: `${operator}${index}`, inputs, outputs: [output], attributes }),
      ),
      ...Object.keys(outputs).map((name, index) =>
        nodeProto({ operator: "Identity", inputs: [lowered.results[index] ?? ""], outputs: [name] }),
      ),
    ],
    initializers: [...lowered.constants].map(([name, { values, shape }]) => tensorProto(name, shape, values)),
    inputs: fed.map(([name, shape]) => valueInfoProto(name, shape)),
    outputs: Object.entries(outputs).map(([name, { shape }]) => valueInfoProto(name, shape)),
  });
  const model = modelProto("impasto", graph);
  if (model.size > LARGEST_MODEL) {
    throw new ImpastoError(
      `model: expected at most ${LARGEST_MODEL} bytes, got ${model.size}; feed large constants as inputs`,
    );
  }
  return { bytes: model.encode(), inputs, shared };
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
  nodes: OnnxNode[],
  kept: Map<string, OnnxConstant>,
  fed: Fed,
  { capabilities, made }: OnnxTarget,
): Emit {
  const values = new Map<string, string>();
  const constants = new Map<string, string>();
  const arrays = new Map<Float32Array, number>();
  const initializer = (key: string, values: Float32Array | BigInt64Array, shape: Shape): string => {
    const name = constants.get(key) ?? `${INTERNAL}constant${kept.size}`;
    constants.set(key, name);
    if (!kept.has(name)) kept.set(name, { values, shape });
    return name;
  };
  const floats = (values: Float32Array, shape: Shape): string => {
    if (!arrays.has(values)) arrays.set(values, arrays.size);
    const [first] = values;
    const content = values.every((value) => value === first) ? `${first}` : `#${arrays.get(values)}`;
    return initializer(`floats ${content} [${shape.join()}]`, values, shape);
  };
  return {
    node(operator, inputs, attributes = {}) {
      const key = JSON.stringify([operator, inputs, attributes]);
      const output = values.get(key) ?? `${INTERNAL}value${nodes.length}`;
      if (values.has(key)) return output;
      values.set(key, output);
      nodes.push({ operator, inputs, output, attributes });
      return output;
    },
    floats,
    shared(source, shape, make) {
      const madeOfSource = made.get(source) ?? new Map<string, Float32Array>();
      const key = formatShape(shape);
      const values = madeOfSource.get(key) ?? make(source);
      made.set(source, madeOfSource.set(key, values));
      if (!capabilities.freeFeeds) return floats(values, shape);
      if (!arrays.has(values)) arrays.set(values, arrays.size);
      const name = `${INTERNAL}shared${arrays.get(values)}`;
      fed.set(name, { values, shape });
      return name;
    },
    capabilities,
    integers(values) {
      const key = `integers ${values.join(" ")}`;
      return initializer(key, BigInt64Array.from(values, BigInt), [values.length]);
    },
  };
}
