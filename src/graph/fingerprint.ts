/**
 * Text that two graphs have in common when they are written as the same model: a program compiled for one then serves the
 * other. Nothing is encoded, and large constants are told apart by themselves and not by their values.
 * @module
 */
import { topologicalOrder } from "./gradients.ts";
import type { Shape } from "./shape.ts";
import type { Capabilities, Emit, Tensor } from "./tensor.ts";

/** Constants of so many values are told apart by them; larger ones are a network's weights, which are there once. */
const SMALL = 1024;

/**
 * Makes the text.
 * @param capabilities those of the device that the model is for.
 * @param numberOf a number for an array, the same for the same array.
 */
export function fingerprint(
  outputs: Readonly<Record<string, Tensor>>,
  capabilities: Capabilities,
  numberOf: (values: Float32Array) => number,
): string {
  const lines = new Map<string, string>();
  const named = (line: string): string => {
    const name = lines.get(line) ?? `%${lines.size}`;
    lines.set(line, name);
    return name;
  };
  const emit: Emit = {
    capabilities,
    node: (operator, inputs, attributes = {}) => named(JSON.stringify([operator, inputs, attributes])),
    floats: (values, shape) => named(`floats ${contentOf(values, numberOf)} ${textOf(shape)}`),
    integers: (values) => named(`integers ${values.join()}`),
    shared: (source, shape) => named(`shared #${numberOf(source)} ${textOf(shape)}`),
  };
  const written = new Map<Tensor, string>();
  for (const tensor of topologicalOrder(Object.values(outputs))) {
    const names = tensor.inputs.map((one) => written.get(one) ?? "");
    if (tensor.leaf && "input" in tensor.leaf) named(`input ${tensor.leaf.input} ${textOf(tensor.shape)}`);
    written.set(tensor, tensor.write(emit, names));
  }
  const results = Object.entries(outputs).map(([name, tensor]) => [
    name,
    written.get(tensor),
    textOf(tensor.shape),
  ]);
  return [...lines.keys(), JSON.stringify(results)].join("\n");
}

const textOf = (shape: Shape): string => `[${shape.join()}]`;

function contentOf(values: Float32Array, numberOf: (values: Float32Array) => number): string {
  const [first] = values;
  if (values.every((value) => value === first)) return `all ${first}`;
  return values.length <= SMALL ? values.join() : `#${numberOf(values)}`;
}
