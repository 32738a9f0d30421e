/**
 * The blocked layout (NCHWc in ONNX Runtime): channels in blocks, in which convolutions hand pictures on, also through
 * sums, products, masks and poolings of such pictures. One value from elsewhere has all its neighbours converted back,
 * and the result once more for the next convolution; passed through a convolution of each channel with a single number,
 * it joins them instead. Where there is no such layout that convolution is slow, and not written.
 * @module
 */
import { sameShape, sizeOfAxis } from "../shape.ts";
import { apply, type Emit, type Operation, type Tensor } from "../tensor.ts";

/** y = factor · x, in the blocked layout where there is one; d loss/dx = factor · d loss/dy. */
export const scaleInBlocksOperation: Operation<{ readonly factor: number }> = {
  name: "scaleInBlocks",
  shape: ([x]) => x,
  blocked: () => true,
  gradient: (incoming, { attributes }) => [
    attributes.factor === 1 ? incoming : apply(scaleInBlocksOperation, [incoming], attributes),
  ],
  onnx(emit, [x], { output, attributes: { factor } }) {
    if (emit.capabilities.channelBlocks && output.blocked) {
      return emitScaleInBlocks(emit, x, sizeOfAxis(output.shape, 1), factor);
    }
    return factor === 1 ? x : emit.node("Mul", [x, emit.floats(Float32Array.of(factor), [])]);
  },
};

/** Emits `factor` · `x` as a convolution of each of its channels. @returns the value's name. */
export function emitScaleInBlocks(emit: Emit, x: string, channels: number, factor: number): string {
  const kernel = emit.floats(new Float32Array(channels).fill(factor), [channels, 1, 1, 1]);
  // The pads are none, but named: zeros put around x before are then made part of this convolution.
  return emit.node("Conv", [x, kernel], { group: { integer: channels }, pads: { integers: [0, 0, 0, 0] } });
}

/** The rule of operations whose result is in the layout if all their inputs are, and of one shape. */
export const allBlocked = (inputs: readonly Tensor[]): boolean =>
  inputs.every(({ blocked, shape }) => blocked && sameShape(shape, inputs[0].shape));

/** `x` brought into the blocked layout. */
export const intoBlocks = (x: Tensor): Tensor => apply(scaleInBlocksOperation, [x], { factor: 1 });

/** Two tensors of one shape in the blocked layout, if either is in it. */
export function inOneLayout(a: Tensor, b: Tensor): readonly [Tensor, Tensor] {
  if (a.blocked === b.blocked || !sameShape(a.shape, b.shape)) return [a, b];
  return a.blocked ? [a, intoBlocks(b)] : [intoBlocks(a), b];
}
