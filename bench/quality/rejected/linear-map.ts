/**
 * Other variables than pixels: x = x₀ + A z, with z = 0 at the start. Where z begins makes no difference, for the optimiser
 * only sees gradients and steps; so A need not be inverted. It is a graph, and Aᵀ is what the chain rule makes of it.
 * The optimiser's first step is bounded in z, so that its change of a pixel is 0.02 to 0.22 here where it is 0.15 for pixels.
 * @module
 */
import { gradients } from "../../../src/graph/gradients.ts";
import { add } from "../../../src/graph/operations/add.ts";
import { multiply } from "../../../src/graph/operations/multiply.ts";
import { total } from "../../../src/graph/operations/sum.ts";
import { input, type Tensor } from "../../../src/graph/tensor.ts";
import type { Size } from "../../../src/image/size.ts";
import { openRuntime } from "../../../src/runtime/onnxruntime.node.ts";
import type { Objective } from "../../../src/transfer/objective.ts";

/** A. */
export interface LinearMap {
  /** How many numbers z has. */
  readonly length: number;
  /** A z, `[3, height, width]`, of z, `[length]`. */
  apply(z: Tensor): Tensor;
}

/** A for pictures of each size. */
export type LinearMapAt = (size: Size) => LinearMap;

/** A loss as a function of z. */
export interface MappedObjective extends Objective {
  /** Where the optimiser begins. */
  readonly start: Float32Array;
  /** x₀ + A z */
  pixels(z: Float32Array): Promise<Float32Array>;
}

/**
 * Puts a map before an objective: L(z) = L(x₀ + A z), ∂L/∂z = Aᵀ ∂L/∂x.
 * @param objective released with the result.
 */
export async function throughMap(
  objective: Objective,
  pixelsAtStart: Float32Array,
  map: LinearMap,
): Promise<MappedObjective> {
  // A second pool of threads would only fight with the network's: with one thread a map takes half as long.
  const runtime = await openRuntime({ device: "cpu", threads: 1 });
  const z = input("z", [map.length]);
  const change = map.apply(z);
  const [back] = gradients(total(multiply(change, input("incoming", change.shape))), [z]);
  if (back === undefined) throw new TypeError("The map does not depend on z.");
  const forwards = await runtime.compile({ pixels: add(change, input("pixelsAtStart", change.shape)) });
  const backwards = await runtime.compile({ back });

  const pixels = async (values: Float32Array): Promise<Float32Array> =>
    (await forwards.run({ z: values, pixelsAtStart })).pixels;
  return {
    start: new Float32Array(map.length),
    pixels,
    async evaluate(values) {
      const { loss, gradient } = await objective.evaluate(await pixels(values));
      return { loss, gradient: (await backwards.run({ incoming: gradient })).back };
    },
    async release() {
      await Promise.all([objective, forwards, backwards].map((one) => one.release()));
    },
  };
}
