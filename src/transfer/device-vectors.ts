/**
 * An optimiser's vectors in a device's memory: each operation is a small program, of which only single numbers are read.
 * Sums are float32 there, so that products with the newest y are taken by themselves, and not as differences.
 * @module
 */
import { absolute } from "../graph/operations/absolute.ts";
import { add } from "../graph/operations/add.ts";
import { concatenate } from "../graph/operations/concatenate.ts";
import { divide } from "../graph/operations/divide.ts";
import { multiply, square } from "../graph/operations/multiply.ts";
import { reshape } from "../graph/operations/reshape.ts";
import { squareRoot } from "../graph/operations/square-root.ts";
import { subtract } from "../graph/operations/subtract.ts";
import { total } from "../graph/operations/sum.ts";
import { type Shape, sizeOf } from "../graph/shape.ts";
import { input, scalar, type Tensor } from "../graph/tensor.ts";
import { type Curvature, pairsPerBank, type TrialProducts, vectorOf } from "../optimizer/kernels.ts";
import type { AdamStep, Vectors } from "../optimizer/vectors.ts";
import { required } from "../required.ts";
import type { DeviceTensor } from "../runtime/runtime.ts";
import { DevicePairs } from "./device-pairs.ts";
import { DevicePlace, type DeviceVector } from "./device-place.ts";
import { type DeviceCompiler, DevicePrograms, numberOf } from "./device-programs.ts";

/** Vectors of a shape `[1, 3, H, W]` in a device's memory. All of it is let go of at once. */
export class DeviceVectors implements Vectors<DeviceVector> {
  readonly length: number;
  readonly #shape: Shape;
  readonly #place: DevicePlace;
  readonly #programs: DevicePrograms;

  /** @param place who holds what there: gradients come from elsewhere. */
  constructor(compile: DeviceCompiler, shape: Shape, place = new DevicePlace()) {
    this.length = sizeOf(shape);
    this.#shape = shape;
    this.#place = place;
    this.#programs = new DevicePrograms(compile);
  }

  async adopt(values: Float32Array): Promise<DeviceVector> {
    return this.#place.hold(await this.#upload(values));
  }

  read({ tensor }: DeviceVector): Promise<Float32Array> {
    return tensor.read();
  }

  zeros(): Promise<DeviceVector> {
    return this.adopt(new Float32Array(this.length));
  }

  copyOf({ tensor }: DeviceVector): DeviceVector {
    return this.#place.hold(tensor);
  }

  copy({ tensor }: DeviceVector, to: DeviceVector): void {
    this.#place.put(to, tensor);
  }

  async subtract(a: DeviceVector, b: DeviceVector, out: DeviceVector): Promise<void> {
    const graph = () => ({ kept: { out: subtract(this.#vector("a"), this.#vector("b")) } });
    const { kept } = await this.#programs.run("subtract", graph, { a: a.tensor, b: b.tensor });
    this.#place.put(out, required(kept.out, "difference"));
  }

  async move(from: DeviceVector, step: number, direction: DeviceVector, to: DeviceVector): Promise<boolean> {
    const graph = () => {
      const origin = this.#vector("origin");
      const moved = add(origin, multiply(number("step"), this.#vector("direction")));
      return { kept: { moved }, read: { distance: total(absolute(subtract(moved, origin))) } };
    };
    const given = { origin: from.tensor, step, direction: direction.tensor };
    const { kept, read } = await this.#programs.run("move", graph, given);
    this.#place.put(to, required(kept.moved, "trial"));
    return numberOf(read.distance) !== 0;
  }

  async descend(gradient: DeviceVector, size: number, direction: DeviceVector): Promise<number> {
    const graph = () => {
      const down = multiply(number("factor"), this.#vector("gradient"));
      return { kept: { down }, read: { slope: total(multiply(down, this.#vector("gradient"))) } };
    };
    const given = { factor: -size, gradient: gradient.tensor };
    const { kept, read } = await this.#programs.run("descend", graph, given);
    this.#place.put(direction, required(kept.down, "direction"));
    return numberOf(read.slope);
  }

  async advance(by: number, step: DeviceVector, point: DeviceVector): Promise<void> {
    const graph = () => {
      const scaled = multiply(number("by"), this.#vector("step"));
      return { kept: { scaled, moved: add(this.#vector("point"), scaled) } };
    };
    const given = { by, step: step.tensor, point: point.tensor };
    const { kept } = await this.#programs.run("advance", graph, given);
    this.#place.put(step, required(kept.scaled, "step"));
    this.#place.put(point, required(kept.moved, "point"));
  }

  async absoluteSum(x: DeviceVector): Promise<number> {
    const graph = () => ({ read: { sum: total(absolute(this.#vector("x"))) } });
    const { read } = await this.#programs.run("absoluteSum", graph, { x: x.tensor });
    return numberOf(read.sum);
  }

  /** Asked for at the start of a search alone, it is worth no program of its own. */
  async largest(x: DeviceVector): Promise<number> {
    return (await this.read(x)).reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  }

  async isFinite(x: DeviceVector): Promise<boolean> {
    return Number.isFinite(await this.largest(x));
  }

  async trialProducts(
    point: DeviceVector,
    accepted: DeviceVector,
    gradient: DeviceVector,
    previous: DeviceVector,
  ): Promise<TrialProducts> {
    const graph = () => {
      const s = subtract(this.#vector("point"), this.#vector("accepted"));
      const g = this.#vector("gradient");
      const y = subtract(g, this.#vector("previous"));
      return { read: { products: dots([s, y], [y, y], [s, s], [s, g], [g, g]) } };
    };
    const { read } = await this.#programs.run("trialProducts", graph, {
      point: point.tensor,
      accepted: accepted.tensor,
      gradient: gradient.tensor,
      previous: previous.tensor,
    });
    const [sy, yy, ss, sg, gg] = required(read.products, "products");
    return { sy, yy, ss, sg, gg };
  }

  async pairProducts(step: DeviceVector, gradient: DeviceVector, previous: DeviceVector): Promise<Curvature> {
    const graph = () => {
      const s = this.#vector("step");
      const y = subtract(this.#vector("gradient"), this.#vector("previous"));
      return { read: { products: dots([s, y], [y, y], [s, s]) } };
    };
    const given = { step: step.tensor, gradient: gradient.tensor, previous: previous.tensor };
    const { read } = await this.#programs.run("pairProducts", graph, given);
    const [sy, yy, ss] = required(read.products, "products");
    return { sy, yy, ss };
  }

  async adam(
    gradient: DeviceVector,
    numbers: AdamStep,
    first: DeviceVector,
    second: DeviceVector,
    point: DeviceVector,
  ): Promise<void> {
    const graph = () => {
      const g = this.#vector("gradient");
      const mean = (beta: Tensor, before: Tensor, now: Tensor) =>
        add(multiply(beta, before), multiply(subtract(scalar(1), beta), now));
      const m = mean(number("beta1"), this.#vector("first"), g);
      const v = mean(number("beta2"), this.#vector("second"), square(g));
      const root = add(multiply(squareRoot(v), number("correction")), number("epsilon"));
      const moved = subtract(this.#vector("point"), divide(multiply(number("rate"), m), root));
      return { kept: { m, v, moved } };
    };
    const held = { first: first.tensor, second: second.tensor, point: point.tensor };
    const given = { ...held, gradient: gradient.tensor, ...numbers };
    const { kept } = await this.#programs.run("adam", graph, given);
    this.#place.put(first, required(kept.m, "first moment"));
    this.#place.put(second, required(kept.v, "second moment"));
    this.#place.put(point, required(kept.moved, "point"));
  }

  async pairs(capacity: number, banks: readonly Float32Array[], used: number): Promise<DevicePairs> {
    const width = 2 * pairsPerBank(capacity);
    const none = await this.zeros();
    const stored: DeviceVector[] = [];
    for (let k = 0; k < 2 * capacity; k++) {
      const bank = k < 2 * used ? banks[Math.floor(k / width)] : undefined;
      stored.push(bank ? await this.adopt(vectorOf({ values: bank, width }, k % width)) : this.copyOf(none));
    }
    const around = {
      programs: this.#programs,
      place: this.#place,
      vectors: this,
      vector: (name: string) => this.#vector(name),
    };
    return new DevicePairs(around, none, stored);
  }

  check(name: string, { tensor }: DeviceVector): void {
    this.#place.check(name, tensor, this.#shape);
  }

  release(vector: DeviceVector): void {
    this.#place.drop(vector);
  }

  /** Lets go of all that is held in the place, and of the programs. */
  async close(): Promise<void> {
    this.#place.clear();
    await this.#programs.close();
  }

  #vector(name: string): Tensor {
    return input(name, this.#shape);
  }

  async #upload(values: Float32Array): Promise<DeviceTensor> {
    const graph = () => ({ kept: { uploaded: this.#vector("values") } });
    const { kept } = await this.#programs.run("upload", graph, { values });
    return required(kept.uploaded, "uploaded vector");
  }
}

const number = (name: string): Tensor => input(name, []);

/** The products of pairs of vectors, side by side. */
const dots = (...pairs: readonly (readonly [Tensor, Tensor])[]): Tensor =>
  concatenate(
    pairs.map(([a, b]) => reshape(total(multiply(a, b)), [1])),
    0,
  );
