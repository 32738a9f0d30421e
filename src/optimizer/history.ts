/**
 * What L-BFGS remembers: the last m pairs s = x' − x and y = g' − g, and from them the direction −H·g.
 * The two-loop recursion is run on *inner products* instead of vectors (Byrd, Nocedal and Schnabel 1994; Chen et al.
 * 2014), so a direction costs one pass over the pairs for the products with g and one to add them up. The products
 * among the pairs come free: y = g' − g, so sᵢ·y = sᵢ·g' − sᵢ·g, and the recursion never asks for sᵢ·sⱼ, nor for
 * sᵢ·yⱼ of an s newer than the y.
 * @module
 */
import { MisuseError } from "../errors.ts";
import {
  addBank,
  type Bank,
  bankProducts,
  CHUNK,
  type Curvature,
  pairsPerBank,
  storedVectors,
  writePair,
} from "./kernels.ts";

/** What the two manners of L-BFGS have in common. */
export interface HistoryOptions {
  /** How many pairs to remember; each takes twice the memory of the point, and time in every step. */
  readonly history: number;
}

/** The pairs and their products. */
export interface HistoryState {
  /** Vectors that stand interleaved, in {@link Bank}s of one width. */
  readonly banks: Float32Array[];
  /** The slots in use: the first ones, until all are, oldest first. */
  readonly order: number[];
  /** Whether the newest pair's products with the older ones are still to come from the next gradient. */
  pending: boolean;
  /** sᵢ·yⱼ at `i * capacity + j`, for i not newer than j. */
  readonly sy: Float64Array;
  /** yᵢ·yⱼ at `i * capacity + j`. */
  readonly yy: Float64Array;
  /** Products with the last gradient: s·g of a slot at `2 * slot`, y·g after it. */
  products: Float64Array;
}

/** A memory of so many pairs, with none yet. @throws {MisuseError} for a capacity that is no positive integer. */
export function emptyHistory(capacity: number): HistoryState {
  if (!Number.isInteger(capacity) || capacity < 1) {
    throw new MisuseError(`Expected a positive integer for history but received ${capacity}`);
  }
  return {
    banks: [],
    order: [],
    pending: false,
    sy: new Float64Array(capacity ** 2),
    yy: new Float64Array(capacity ** 2),
    products: new Float64Array(storedVectors(capacity)),
  };
}

/** The pairs, oldest first, and the directions they give. Memory is taken a bank at a time, as they come. */
export class History {
  readonly #state: HistoryState;
  readonly #size: number;
  readonly #capacity: number;
  /** How many pairs a bank holds. */
  readonly #pairs: number;
  /** Where the next products are put, and sums of vectors. */
  #fresh: Float64Array;
  readonly #sum: Float64Array;

  /**
   * @param size the number of variables.
   * @param state where to go on; from then on it is the history's.
   * @throws {MisuseError} for a state of another number of variables, or one that contradicts itself.
   */
  constructor(size: number, state: HistoryState) {
    const { banks, order, sy, yy, products } = state;
    const capacity = Math.sqrt(sy.length);
    this.#state = state;
    this.#size = size;
    this.#capacity = capacity;
    this.#pairs = pairsPerBank(capacity);
    const vectors = storedVectors(capacity);
    const inUse = Math.ceil(order.length / this.#pairs);
    const slots = new Set(order);
    const whole =
      Number.isInteger(capacity) &&
      yy.length === sy.length &&
      products.length === vectors &&
      banks.length >= inUse &&
      banks.every(({ length }) => length === 2 * this.#pairs * size) &&
      slots.size === order.length &&
      order.every((slot) => Number.isInteger(slot) && slot >= 0 && slot < order.length);
    if (!whole) throw new MisuseError(`Expected a history of ${size} variables but received another`);
    this.#fresh = new Float64Array(vectors);
    this.#sum = new Float64Array(Math.min(CHUNK, size));
  }

  /** How many pairs are kept at present. */
  get count(): number {
    return this.#state.order.length;
  }

  /** γ = s·y / y·y of the newest pair, the size of H before any pair; 1 without pairs. */
  get gamma(): number {
    const newest = this.#state.order.at(-1);
    if (newest === undefined) return 1;
    const at = newest * this.#capacity + newest;
    return this.#state.sy[at] / this.#state.yy[at];
  }

  /** Forgets every pair. */
  clear(): void {
    this.#state.order.length = 0;
    this.#state.pending = false;
  }

  /**
   * Keeps the pair s = `step`, y = `gradient` − `previous`, in the oldest one's stead where there is no room. `previous`
   * must be the gradient of the last {@link direction} (where there are pairs), and `gradient` that of the next.
   * @param curvature the pair's inner products.
   */
  keep(
    step: Float32Array,
    gradient: Float32Array,
    previous: Float32Array,
    curvature: Pick<Curvature, "sy" | "yy">,
  ): void {
    const oldest = this.#state.order.length === this.#capacity ? this.#state.order.shift() : undefined;
    const slot = oldest ?? this.#state.order.length;
    writePair(this.#bank(slot), 2 * (slot % this.#pairs), step, gradient, previous);
    this.#relate(slot, slot, curvature.sy, curvature.yy);
    this.#state.order.push(slot);
    this.#state.pending = true;
  }

  /**
   * Writes −H·`gradient` into `direction`.
   * @returns the slope `gradient`·`direction`, negative unless numbers have run out of digits.
   */
  direction(gradient: Float32Array, direction: Float32Array): number {
    this.#measure(gradient);
    const coefficients = this.#fresh.fill(0);
    const gamma = this.#recursion(coefficients);
    const banks = this.#banksInUse();
    let slope = 0;
    for (let from = 0; from < this.#size; from += CHUNK) {
      const to = Math.min(from + CHUNK, this.#size);
      const sum = this.#sum.fill(0);
      for (let b = 0; b < banks; b++)
        addBank(this.#bankAt(b), coefficients, 2 * this.#pairs * b, sum, from, to);
      for (let i = from; i < to; i++) {
        const d = Math.fround(-gamma * gradient[i] - sum[i - from]);
        direction[i] = d;
        slope += d * gradient[i];
      }
    }
    return slope;
  }

  /** Takes the products of every pair with the gradient and, from their change, those with the newest y. */
  #measure(gradient: Float32Array): void {
    const before = this.#state.products;
    const now = this.#multiply(gradient);
    const newest = this.#state.order.at(-1);
    if (this.#state.pending && newest !== undefined) {
      for (const slot of this.#state.order) {
        if (slot === newest) continue;
        const s = 2 * slot;
        this.#relate(slot, newest, now[s] - before[s], now[s + 1] - before[s + 1]);
      }
    }
    this.#state.pending = false;
    this.#state.products = now;
    this.#fresh = before;
  }

  /** Multiplies every pair by a vector. */
  #multiply(vector: Float32Array): Float64Array {
    const out = this.#fresh.fill(0);
    const banks = this.#banksInUse();
    for (let from = 0; from < this.#size; from += CHUNK) {
      const to = Math.min(from + CHUNK, this.#size);
      for (let b = 0; b < banks; b++)
        bankProducts(this.#bankAt(b), vector, from, to, out, 2 * this.#pairs * b);
    }
    return out;
  }

  #relate(older: number, newer: number, sy: number, yy: number): void {
    this.#state.sy[older * this.#capacity + newer] = sy;
    this.#state.yy[older * this.#capacity + newer] = yy;
    this.#state.yy[newer * this.#capacity + older] = yy;
  }

  /**
   * The two loops, on products. In the first, q = g − Σ αⱼyⱼ from the newest pair to the oldest, αᵢ = sᵢ·q / sᵢ·yᵢ; in
   * the second, r = γq + Σ δⱼsⱼ from the oldest to the newest, δᵢ = αᵢ − yᵢ·r / sᵢ·yᵢ. Fills in what r holds of each
   * stored vector; what it holds of g is γ.
   */
  #recursion(coefficients: Float64Array): number {
    const { gamma } = this;
    const order = this.#state.order;
    const n = this.#capacity;
    const alpha = new Float64Array(order.length);
    for (let i = order.length - 1; i >= 0; i--) {
      const row = order[i] * n;
      let sq = this.#state.products[2 * order[i]];
      for (let j = i + 1; j < order.length; j++) sq -= alpha[j] * this.#state.sy[row + order[j]];
      alpha[i] = sq / this.#state.sy[row + order[i]];
    }
    for (let i = 0; i < order.length; i++) {
      const slot = order[i];
      let yq = this.#state.products[2 * slot + 1];
      for (let j = 0; j < order.length; j++) yq -= alpha[j] * this.#state.yy[slot * n + order[j]];
      let yr = gamma * yq;
      for (let j = 0; j < i; j++) yr += coefficients[2 * order[j]] * this.#state.sy[order[j] * n + slot];
      coefficients[2 * slot] = alpha[i] - yr / this.#state.sy[slot * n + slot];
      coefficients[2 * slot + 1] = -gamma * alpha[i];
    }
    return gamma;
  }

  #banksInUse(): number {
    return Math.ceil(this.#state.order.length / this.#pairs);
  }

  /** The bank of a slot, in which its s is at twice its number within the bank, and its y next. */
  #bank(slot: number): Bank {
    const index = Math.floor(slot / this.#pairs);
    this.#state.banks[index] ??= new Float32Array(2 * this.#pairs * this.#size);
    return this.#bankAt(index);
  }

  #bankAt(index: number): Bank {
    return { values: this.#state.banks[index], width: 2 * this.#pairs };
  }
}
