/**
 * The pairs that L-BFGS remembers, in a device's memory: separate vectors, some of them put side by side for their products
 * with another and for their sum.
 * @module
 */
import { add } from "../graph/operations/add.ts";
import { concatenate } from "../graph/operations/concatenate.ts";
import { matmul } from "../graph/operations/matmul.ts";
import { multiply } from "../graph/operations/multiply.ts";
import { reshape } from "../graph/operations/reshape.ts";
import { slice } from "../graph/operations/slice.ts";
import { subtract } from "../graph/operations/subtract.ts";
import { sum, total } from "../graph/operations/sum.ts";
import { sizeOf } from "../graph/shape.ts";
import { input, type Tensor } from "../graph/tensor.ts";
import { pairsPerBank, storedVectors, writeVector } from "../optimizer/kernels.ts";
import type { PairProducts, Pairs, Vectors } from "../optimizer/vectors.ts";
import { required } from "../required.ts";
import type { DevicePlace, DeviceVector } from "./device-place.ts";
import { type DevicePrograms, type Given, numberOf } from "./device-programs.ts";

/** So many bytes of vectors are put side by side at a time: a device bounds what one buffer may hold. */
const SIDE_BY_SIDE = 2 ** 26;
const MOST_SIDE_BY_SIDE = 8;

/** What pairs are kept in, and by. */
interface Around {
  readonly programs: DevicePrograms;
  readonly place: DevicePlace;
  readonly vectors: Pick<Vectors<DeviceVector>, "length" | "subtract">;
  /** An input of the vectors' shape. */
  vector(name: string): Tensor;
}

/** Pairs in slots. */
export class DevicePairs implements Pairs<DeviceVector> {
  readonly #around: Around;
  readonly #none: DeviceVector;
  /** s of slot k at 2k, y next. */
  readonly #stored: readonly DeviceVector[];
  readonly #inputs: readonly Tensor[];

  /** @param none zeros, which stand where no pair is yet. */
  constructor(around: Around, none: DeviceVector, stored: readonly DeviceVector[]) {
    this.#around = around;
    this.#none = none;
    this.#stored = stored;
    this.#inputs = stored.map((_, k) => around.vector(`pair${k}`));
  }

  async write(
    slot: number,
    step: DeviceVector,
    gradient: DeviceVector,
    previous: DeviceVector,
  ): Promise<void> {
    const { place, vectors } = this.#around;
    place.put(this.#stored[2 * slot], step.tensor);
    await vectors.subtract(gradient, previous, this.#stored[2 * slot + 1]);
  }

  async products(gradient: DeviceVector, _used: number, newest: number | undefined): Promise<PairProducts> {
    const { programs, vector } = this.#around;
    const graph = () => ({
      read: {
        now: productsWith(this.#inputs, vector("gradient")),
        own: productsWith(this.#inputs, vector("newest")),
      },
    });
    const own = newest === undefined ? this.#none : this.#stored[2 * newest + 1];
    const others = { gradient: gradient.tensor, newest: own.tensor };
    const { read } = await programs.run("products", graph, { ...this.#given(), ...others });
    const padded = (values: Float32Array | undefined): Float64Array => {
      const result = new Float64Array(storedVectors(this.#stored.length / 2));
      result.set(required(values, "products"));
      return result;
    };
    return { gradient: padded(read.now), ...(newest === undefined ? {} : { newest: padded(read.own) }) };
  }

  async combine(
    _used: number,
    gamma: number,
    coefficients: Float64Array,
    gradient: DeviceVector,
    direction: DeviceVector,
  ): Promise<number> {
    const { programs, place, vector } = this.#around;
    const graph = () => {
      const g = vector("gradient");
      const sum = combination(this.#inputs, input("coefficients", [this.#inputs.length]));
      const combined = subtract(multiply(input("factor", []), g), sum);
      return { kept: { combined }, read: { slope: total(multiply(combined, g)) } };
    };
    const { kept, read } = await programs.run("combine", graph, {
      ...this.#given(),
      gradient: gradient.tensor,
      factor: -gamma,
      coefficients: Float32Array.from(coefficients.subarray(0, this.#inputs.length)),
    });
    place.put(direction, required(kept.combined, "direction"));
    return numberOf(read.slope);
  }

  async banks(used: number): Promise<readonly Float32Array[]> {
    const width = 2 * pairsPerBank(this.#stored.length / 2);
    const size = width * this.#around.vectors.length;
    const filled = Array.from({ length: Math.ceil((2 * used) / width) }, () => new Float32Array(size));
    for (let k = 0; k < 2 * used; k++) {
      const values = await this.#stored[k].tensor.read();
      writeVector({ values: filled[Math.floor(k / width)], width }, k % width, values);
    }
    return filled;
  }

  release(): void {
    for (const one of [this.#none, ...this.#stored]) this.#around.place.drop(one);
  }

  #given(): Given {
    return Object.fromEntries(this.#stored.map(({ tensor }, k) => [`pair${k}`, tensor]));
  }
}

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
