/**
 * An optimiser's vectors in a device's memory: each operation is a small program, of which only single numbers are read.
 * Sums are float32 there, so that products with the newest y are taken by themselves, and not as differences.
 * @module
 */
import { absolute } from "../graph/operations/absolute.ts";
import { add } from "../graph/operations/add.ts";
import { concatenate } from "../graph/operations/concatenate.ts";
import { divide } from "../graph/operations/divide.ts";
import { matmul } from "../graph/operations/matmul.ts";
import { multiply, square } from "../graph/operations/multiply.ts";
import { reshape } from "../graph/operations/reshape.ts";
import { slice } from "../graph/operations/slice.ts";
import { squareRoot } from "../graph/operations/square-root.ts";
import { subtract } from "../graph/operations/subtract.ts";
import { sum, total } from "../graph/operations/sum.ts";
import { type Shape, sizeOf } from "../graph/shape.ts";
import { input, scalar, type Tensor } from "../graph/tensor.ts";
import { pairsPerBank, storedVectors, vectorOf, writeVector } from "../optimizer/kernels.ts";
import type { Pairs, Vectors } from "../optimizer/vectors.ts";
import { required } from "../required.ts";
import type { DeviceProgram, DeviceTensor, Runtime } from "../runtime/runtime.ts";
import { DevicePlace, type DeviceVector } from "./device-place.ts";
import type { Named } from "./named.ts";

/** What compiles for a device. */
export type DeviceCompiler = NonNullable<Runtime["compileOnDevice"]>;

/** Vectors in a device's memory. All of it is let go of at once. */
export interface DeviceVectors extends Vectors<DeviceVector> {
  close(): Promise<void>;
}

/** What a program takes: vectors, and single numbers or a few. */
type Given = Readonly<Record<string, DeviceTensor | number | Float32Array>>;

/** So many bytes of vectors are put side by side at a time: a device bounds what one buffer may hold. */
const SIDE_BY_SIDE = 2 ** 26;
const MOST_SIDE_BY_SIDE = 8;

/**
 * Vectors of a shape `[1, 3, H, W]`.
 * @param place who holds what there: gradients come from elsewhere.
 */
export function deviceVectors(
  compile: DeviceCompiler,
  shape: Shape,
  place: DevicePlace = new DevicePlace(),
): DeviceVectors {
  const length = sizeOf(shape);
  const programs = new Map<string, Promise<DeviceProgram>>();
  const vector = (name: string): Tensor => input(name, shape);
  const number = (name: string): Tensor => input(name, []);

  /** Runs a small program, which is compiled at its first use. */
  async function run(
    name: string,
    outputs: () => { readonly read?: Named<Tensor>; readonly kept?: Named<Tensor> },
    given: Given,
  ) {
    const make = () => {
      const { read = {}, kept = {} } = outputs();
      return compile({ read, kept });
    };
    const program = programs.get(name) ?? make();
    programs.set(name, program);
    const inputs = Object.entries(given).map(([name, value]) => [
      name,
      typeof value === "number" ? Float32Array.of(value) : value,
    ]);
    return (await program).run(Object.fromEntries(inputs));
  }

  const upload = async (values: Float32Array): Promise<DeviceTensor> => {
    const { kept } = await run("upload", () => ({ kept: { to: vector("values") } }), { values });
    return required(kept.to, "uploaded vector");
  };

  const zeros = async () => place.hold(await upload(new Float32Array(length)));

  const largest = async (x: DeviceVector): Promise<number> =>
    (await x.tensor.read()).reduce((most, value) => Math.max(most, Math.abs(value)), 0);

  const vectors: DeviceVectors = {
    length,
    adopt: async (values) => place.hold(await upload(values)),
    read: ({ tensor }) => tensor.read(),
    zeros,
    copyOf: ({ tensor }) => place.hold(tensor),
    copy: ({ tensor }, to) => place.put(to, tensor),
    async subtract(a, b, out) {
      const graph = () => ({ kept: { out: subtract(vector("a"), vector("b")) } });
      const { kept } = await run("subtract", graph, { a: a.tensor, b: b.tensor });
      place.put(out, required(kept.out, "difference"));
    },
    async move(from, step, direction, to) {
      const graph = () => {
        const moved = add(vector("origin"), multiply(number("step"), vector("direction")));
        return {
          kept: { to: moved },
          read: { distance: total(absolute(subtract(moved, vector("origin")))) },
        };
      };
      const given = { origin: from.tensor, step, direction: direction.tensor };
      const { kept, read } = await run("move", graph, given);
      place.put(to, required(kept.to, "trial"));
      return numberOf(read.distance) !== 0;
    },
    async descend(gradient, size, direction) {
      const graph = () => {
        const down = multiply(number("factor"), vector("gradient"));
        return { kept: { down }, read: { slope: total(multiply(down, vector("gradient"))) } };
      };
      const { kept, read } = await run("descend", graph, { factor: -size, gradient: gradient.tensor });
      place.put(direction, required(kept.down, "direction"));
      return numberOf(read.slope);
    },
    async advance(by, step, point) {
      const graph = () => {
        const scaled = multiply(number("by"), vector("step"));
        return { kept: { scaled, moved: add(vector("point"), scaled) } };
      };
      const { kept } = await run("advance", graph, { by, step: step.tensor, point: point.tensor });
      place.put(step, required(kept.scaled, "step"));
      place.put(point, required(kept.moved, "point"));
    },
    async absoluteSum(x) {
      const graph = () => ({ read: { sum: total(absolute(vector("x"))) } });
      const { read } = await run("absoluteSum", graph, { x: x.tensor });
      return numberOf(read.sum);
    },
    largest,
    isFinite: async (x) => Number.isFinite(await largest(x)),
    async trialProducts(point, accepted, gradient, previous) {
      const graph = () => {
        const s = subtract(vector("point"), vector("accepted"));
        const g = vector("gradient");
        const y = subtract(g, vector("previous"));
        return { read: { products: dots([s, y], [y, y], [s, s], [s, g], [g, g]) } };
      };
      const { read } = await run("trialProducts", graph, {
        point: point.tensor,
        accepted: accepted.tensor,
        gradient: gradient.tensor,
        previous: previous.tensor,
      });
      const [sy = 0, yy = 0, ss = 0, sg = 0, gg = 0] = read.products ?? [];
      return { sy, yy, ss, sg, gg };
    },
    async pairProducts(step, gradient, previous) {
      const graph = () => {
        const s = vector("step");
        const y = subtract(vector("gradient"), vector("previous"));
        return { read: { products: dots([s, y], [y, y], [s, s]) } };
      };
      const given = { step: step.tensor, gradient: gradient.tensor, previous: previous.tensor };
      const { read } = await run("pairProducts", graph, given);
      const [sy = 0, yy = 0, ss = 0] = read.products ?? [];
      return { sy, yy, ss };
    },
    async adam(gradient, { beta1, beta2, rate, correction, epsilon }, first, second, point) {
      const graph = () => {
        const g = vector("gradient");
        const [beta1, beta2] = [number("beta1"), number("beta2")];
        const mean = (beta: Tensor, before: Tensor, now: Tensor) =>
          add(multiply(beta, before), multiply(subtract(scalar(1), beta), now));
        const m = mean(beta1, vector("first"), g);
        const v = mean(beta2, vector("second"), square(g));
        const root = add(multiply(squareRoot(v), number("correction")), number("epsilon"));
        const moved = subtract(vector("point"), divide(multiply(number("rate"), m), root));
        return { kept: { m, v, moved } };
      };
      const { kept } = await run("adam", graph, {
        gradient: gradient.tensor,
        first: first.tensor,
        second: second.tensor,
        point: point.tensor,
        beta1,
        beta2,
        rate,
        correction,
        epsilon,
      });
      place.put(first, required(kept.m, "first moment"));
      place.put(second, required(kept.v, "second moment"));
      place.put(point, required(kept.moved, "point"));
    },
    async pairs(capacity, banks, used): Promise<Pairs<DeviceVector>> {
      const width = 2 * pairsPerBank(capacity);
      const none = await zeros();
      const stored: DeviceVector[] = [];
      for (let k = 0; k < 2 * capacity; k++) {
        const bank = banks[Math.floor(k / width)];
        const values = k < 2 * used && bank ? vectorOf({ values: bank, width }, k % width) : undefined;
        stored.push(place.hold(values ? await upload(values) : none.tensor));
      }
      const given = (): Given => Object.fromEntries(stored.map(({ tensor }, k) => [`pair${k}`, tensor]));
      const named = stored.map((_, k) => vector(`pair${k}`));
      return {
        async write(slot, step, gradient, previous) {
          place.put(stored[2 * slot], step.tensor);
          await vectors.subtract(gradient, previous, stored[2 * slot + 1]);
        },
        async products(gradient, _used, newest) {
          const graph = () => ({
            read: {
              now: productsWith(named, vector("gradient")),
              own: productsWith(named, vector("newest")),
            },
          });
          const own = newest === undefined ? none : stored[2 * newest + 1];
          const others = { gradient: gradient.tensor, newest: own.tensor };
          const { read } = await run("products", graph, { ...given(), ...others });
          const padded = (values: Float32Array | undefined): Float64Array => {
            const result = new Float64Array(storedVectors(capacity));
            result.set(values ?? []);
            return result;
          };
          return {
            gradient: padded(read.now),
            ...(newest === undefined ? {} : { newest: padded(read.own) }),
          };
        },
        async combine(_used, gamma, coefficients, gradient, direction) {
          const graph = () => {
            const g = vector("gradient");
            const steepest = multiply(number("gamma"), g);
            const combined = subtract(steepest, combination(named, input("coefficients", [named.length])));
            return { kept: { combined }, read: { slope: total(multiply(combined, g)) } };
          };
          const { kept, read } = await run("combine", graph, {
            ...given(),
            gradient: gradient.tensor,
            gamma: -gamma,
            coefficients: Float32Array.from(coefficients.subarray(0, named.length)),
          });
          place.put(direction, required(kept.combined, "direction"));
          return numberOf(read.slope);
        },
        async banks(used) {
          const filled = Array.from(
            { length: Math.ceil((2 * used) / width) },
            () => new Float32Array(width * length),
          );
          for (let k = 0; k < 2 * used; k++) {
            const values = await stored[k].tensor.read();
            writeVector({ values: filled[Math.floor(k / width)], width }, k % width, values);
          }
          return filled;
        },
        release() {
          for (const one of [none, ...stored]) place.drop(one);
        },
      };
    },
    check: (name, { tensor }) => place.check(name, tensor, shape),
    release: (one) => place.drop(one),
    async close() {
      place.clear();
      for (const program of programs.values()) await (await program).release();
    },
  };
  return vectors;
}

const numberOf = (values: Float32Array | undefined): number => required(values?.[0], "number");

/** The products of pairs of vectors, side by side. */
const dots = (...pairs: readonly (readonly [Tensor, Tensor])[]): Tensor =>
  concatenate(
    pairs.map(([a, b]) => reshape(total(multiply(a, b)), [1])),
    0,
  );

/** Vectors in groups, as many as may stand side by side. */
function groups(vectors: readonly Tensor[]): readonly (readonly Tensor[])[] {
  const bytes = Float32Array.BYTES_PER_ELEMENT * sizeOf(vectors[0]?.shape ?? []);
  const most = Math.max(1, Math.min(MOST_SIDE_BY_SIDE, Math.floor(SIDE_BY_SIDE / bytes)));
  return Array.from({ length: Math.ceil(vectors.length / most) }, (_, group) =>
    vectors.slice(group * most, (group + 1) * most),
  );
}

/** The products of vectors `[1, 3, H, W]` with one, `[vectors]`: rows first, and then their sums. */
function productsWith(vectors: readonly Tensor[], one: Tensor): Tensor {
  const [, planes, height, width] = one.shape;
  const flat = (tensor: Tensor) => reshape(tensor, [1, planes * height, width]);
  const products = groups(vectors).map((group) => {
    const side = group.length === 1 ? flat(group[0]) : concatenate(group.map(flat), 0);
    return reshape(sum(sum(multiply(side, flat(one)), [2]), [1]), [group.length]);
  });
  return products.length === 1 ? products[0] : concatenate(products, 0);
}

/** Σ cₖ · vectorₖ. @param coefficients `[vectors]` */
function combination(vectors: readonly Tensor[], coefficients: Tensor): Tensor {
  const length = sizeOf(vectors[0]?.shape ?? []);
  let from = 0;
  const sums = groups(vectors).map((group) => {
    const flat = group.map((tensor) => reshape(tensor, [1, length]));
    const own = reshape(slice(coefficients, [from], [from + group.length]), [1, group.length]);
    from += group.length;
    return reshape(matmul(own, group.length === 1 ? flat[0] : concatenate(flat, 0)), group[0].shape);
  });
  return sums.reduce((one, other) => add(one, other));
}
