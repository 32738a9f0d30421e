/**
 * Vectors in the processor's memory, as plain arrays, worked on by the loops of kernels.ts. All sums are double.
 * @module
 */
import { MisuseError } from "../errors.ts";
import {
  addBank,
  type Bank,
  bankProducts,
  CHUNK,
  pairProducts,
  pairsPerBank,
  storedVectors,
  trialProducts,
  writePair,
} from "./kernels.ts";
import type { Pairs, Vectors } from "./vectors.ts";

/** Vectors of so many numbers. */
export const hostVectors = (length: number): Vectors<Float32Array> => ({
  length,
  adopt: (values) => values,
  read: (vector) => vector,
  zeros: () => new Float32Array(length),
  copyOf: (vector) => vector.slice(),
  copy: (from, to) => to.set(from),
  subtract(a, b, out) {
    for (let i = 0; i < out.length; i++) out[i] = a[i] - b[i];
  },
  move(from, step, direction, to) {
    let moved = false;
    for (let i = 0; i < to.length; i++) {
      to[i] = from[i] + step * direction[i];
      moved ||= to[i] !== from[i];
    }
    return moved;
  },
  descend(gradient, size, direction) {
    let slope = 0;
    for (let i = 0; i < gradient.length; i++) {
      direction[i] = -size * gradient[i];
      slope += direction[i] * gradient[i];
    }
    return slope;
  },
  advance(by, step, point) {
    for (let i = 0; i < step.length; i++) {
      step[i] *= by;
      point[i] += step[i];
    }
  },
  absoluteSum(x) {
    let sum = 0;
    for (let i = 0; i < x.length; i++) sum += Math.abs(x[i]);
    return sum;
  },
  largest(x) {
    let most = 0;
    for (let i = 0; i < x.length; i++) most = Math.max(most, Math.abs(x[i]));
    return most;
  },
  isFinite: (x) => x.every(Number.isFinite),
  trialProducts,
  pairProducts,
  adam(gradient, { beta1, beta2, rate, correction, epsilon }, first, second, point) {
    for (let i = 0; i < point.length; i++) {
      const g = gradient[i];
      const m = beta1 * first[i] + (1 - beta1) * g;
      const v = beta2 * second[i] + (1 - beta2) * g * g;
      first[i] = m;
      second[i] = v;
      const denominator = Math.sqrt(v) * correction + epsilon;
      // A variable whose gradient has always been zero stays, also where ε is zero.
      if (m !== 0) point[i] -= (rate * m) / denominator;
    }
  },
  pairs: (capacity, banks) => new HostPairs(length, capacity, banks),
  check(name, { length: given }) {
    if (given === length) return;
    throw new MisuseError(`Expected ${length} numbers for ${name} but received ${given}`);
  },
  release() {},
});

/** Pairs in banks; memory is taken a bank at a time, as they come. */
class HostPairs implements Pairs<Float32Array> {
  readonly #size: number;
  /** How many pairs a bank holds. */
  readonly #perBank: number;
  readonly #vectors: number;
  readonly #banks: Float32Array[];
  readonly #sum: Float64Array;

  /** @throws {MisuseError} for banks of another number of variables. */
  constructor(size: number, capacity: number, banks: readonly Float32Array[]) {
    this.#size = size;
    this.#perBank = pairsPerBank(capacity);
    this.#vectors = storedVectors(capacity);
    if (banks.some(({ length }) => length !== 2 * this.#perBank * size)) {
      throw new MisuseError(`Expected a history of ${size} variables but received another`);
    }
    this.#banks = [...banks];
    this.#sum = new Float64Array(Math.min(CHUNK, size));
  }

  write(slot: number, step: Float32Array, gradient: Float32Array, previous: Float32Array): void {
    const index = Math.floor(slot / this.#perBank);
    this.#banks[index] ??= new Float32Array(2 * this.#perBank * this.#size);
    writePair(this.#bank(index), 2 * (slot % this.#perBank), step, gradient, previous);
  }

  products(gradient: Float32Array, used: number): { readonly gradient: Float64Array } {
    const out = new Float64Array(this.#vectors);
    for (let from = 0; from < this.#size; from += CHUNK) {
      const to = Math.min(from + CHUNK, this.#size);
      for (let b = 0; b < this.#banksOf(used); b++) {
        bankProducts(this.#bank(b), gradient, from, to, out, 2 * this.#perBank * b);
      }
    }
    return { gradient: out };
  }

  combine(
    used: number,
    gamma: number,
    coefficients: Float64Array,
    gradient: Float32Array,
    direction: Float32Array,
  ): number {
    let slope = 0;
    for (let from = 0; from < this.#size; from += CHUNK) {
      const to = Math.min(from + CHUNK, this.#size);
      const sum = this.#sum.fill(0);
      for (let b = 0; b < this.#banksOf(used); b++) {
        addBank(this.#bank(b), coefficients, 2 * this.#perBank * b, sum, from, to);
      }
      for (let i = from; i < to; i++) {
        const d = Math.fround(-gamma * gradient[i] - sum[i - from]);
        direction[i] = d;
        slope += d * gradient[i];
      }
    }
    return slope;
  }

  banks(): readonly Float32Array[] {
    return this.#banks;
  }

  release(): void {}

  #banksOf(used: number): number {
    return Math.ceil(used / this.#perBank);
  }

  #bank(index: number): Bank {
    return { values: this.#banks[index], width: 2 * this.#perBank };
  }
}
