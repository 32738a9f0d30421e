/**
 * The blocked layout. On x64 processors ONNX Runtime keeps the pictures that convolutions hand on with their channels in
 * blocks, also through sums, products, masks and poolings of such pictures. One value from elsewhere among them has
 * them all converted back, and the result once more for the next convolution. A convolution of each channel with a
 * single number brings that value into the layout, or scales what is in it: one pass in place of three. Without
 * the layout such a convolution is slow (the built-in network's evaluations take 1.3 times as long), so none is written.
 * @module
 */
import { sameShape } from "../shape.ts";
import { apply, type Emit, type Operation, type Tensor } from "../tensor.ts";

/** y = factor · x, in the blocked layout where there is one. */
export const blockedOperation: Operation<{ readonly factor: number }> = {
  name: "blocked",
  shape: ([x = []]) => x,
  blocked: () => true,
  gradient: (incoming, { attributes }) => [apply(blockedOperation, [incoming], attributes)],
  onnx(emit, [x = ""], { output, attributes: { factor } }) {
    if (emit.blocks && output.blocked) return emitBlocked(emit, x, output, factor);
    return factor === 1 ? x : emit.node("Mul", [x, emit.floats(Float32Array.of(factor), [])]);
  },
};

/** Emits `factor` · `x`, of the shape of `like`, as a convolution of each channel. @returns the value's name. */
export function emitBlocked(emit: Emit, x: string, like: Tensor, factor: number): string {
  const [, channels = 0] = like.shape;
  const kernel = emit.floats(new Float32Array(channels).fill(factor), [channels, 1, 1, 1]);
  return emit.node("Conv", [x, kernel], { group: { integer: channels } });
}

/** The rule of operations whose result is in the layout if all their inputs are. */
export const allBlocked = (inputs: readonly Tensor[]): boolean => inputs.every(({ blocked }) => blocked);

/** `x` brought into the blocked layout. */
export const intoBlocks = (x: Tensor): Tensor => apply(blockedOperation, [x], { factor: 1 });

/** Two tensors of one shape in the blocked layout, if either is in it. */
export function inOneLayout(a: Tensor, b: Tensor): readonly [Tensor, Tensor] {
  if (a.blocked === b.blocked || !sameShape(a.shape, b.shape)) return [a, b];
  return a.blocked ? [a, intoBlocks(b)] : [intoBlocks(a), b];
}
