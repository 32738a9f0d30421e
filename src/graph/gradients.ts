/**
 * Reverse-mode differentiation: the chain rule over the graph, from the loss back to whatever is asked for.
 * The gradient is itself a graph.
 * @module
 */

import { add } from "./operations/add.ts";
import { expandOperation } from "./operations/sum.ts";
import { ShapeError, sizeOf } from "./shape.ts";
import { constant, type Tensor } from "./tensor.ts";

/**
 * Builds ∂loss/∂x for each tensor asked for: an input, a constant or any value between.
 * @param loss a single number, shape `[]`.
 * @throws ShapeError when the loss is not a single number.
 * @example const [gradient] = gradients(loss, [image]);
 */
export function gradients(loss: Tensor, wanted: readonly Tensor[]): readonly Tensor[] {
  if (sizeOf(loss.shape) !== 1)
    throw new ShapeError("gradients", "a loss that is a single number", [loss.shape]);
  const order = topologicalOrder([loss]);
  const leads = new Set<Tensor>(wanted);
  for (const tensor of order) if (tensor.inputs.some((one) => leads.has(one))) leads.add(tensor);

  const incoming = new Map<Tensor, Tensor>([[loss, filled(loss, 1)]]);
  for (const tensor of order.toReversed()) {
    const gradient = incoming.get(tensor);
    if (gradient === undefined || !tensor.inputs.some((one) => leads.has(one))) continue;
    tensor.gradient(gradient).forEach((part, index) => {
      const target = tensor.inputs[index];
      if (part === undefined || target === undefined || !leads.has(target)) return;
      const before = incoming.get(target);
      incoming.set(target, before === undefined ? part : sumOf(before, part));
    });
  }
  return wanted.map((tensor) => incoming.get(tensor) ?? filled(tensor, 0));
}

/** A gradient's parts added. What is expanded to the other's shape need not be written out: a sum repeats it as well. */
const sumOf = (a: Tensor, b: Tensor): Tensor =>
  isExpansion(a) && isExpansion(b) ? add(a, b) : add(unexpanded(a), unexpanded(b));

const isExpansion = ({ operation }: Tensor): boolean => operation === expandOperation.name;

const unexpanded = (x: Tensor): Tensor => (isExpansion(x) && x.inputs[0]) || x;

const filled = ({ shape }: Tensor, value: number): Tensor =>
  constant(new Float32Array(sizeOf(shape)).fill(value), shape);

/** Every tensor that the given ones are made from, each after its inputs. */
export function topologicalOrder(outputs: readonly Tensor[]): readonly Tensor[] {
  const order = new Set<Tensor>();
  // An explicit stack: a deep graph must not exhaust JavaScript's own.
  const stack = outputs.map((tensor) => ({ tensor, expanded: false })).reverse();
  for (let top = stack.pop(); top !== undefined; top = stack.pop()) {
    const { tensor, expanded } = top;
    if (order.has(tensor)) continue;
    if (expanded) {
      order.add(tensor);
    } else {
      stack.push({ tensor, expanded: true });
      for (const one of tensor.inputs.toReversed()) stack.push({ tensor: one, expanded: false });
    }
  }
  return [...order];
}
