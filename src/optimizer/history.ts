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

/** The pairs, oldest first, and the directions they give. Memory is taken a bank at a time, as they come. */
export class History {
  readonly #size: number;
  readonly #capacity: number;
  /** How many pairs a bank holds. */
  readonly #pairs: number;
  readonly #banks: Bank[] = [];
  /** The slots in use: the first ones, until all are, oldest first. */
  readonly #order: number[] = [];
  /** Whether the newest pair's products with the older ones are still to come from the next gradient. */
  #pending = false;
  /** sᵢ·yⱼ at `i * capacity + j`, for i not newer than j. */
  readonly #sy: Float64Array;
  /** yᵢ·yⱼ at `i * capacity + j`. */
  readonly #yy: Float64Array;
  /** Products with the last gradient: s·g of a slot at `2 * slot`, y·g after it. */
  #products: Float64Array;
  #fresh: Float64Array;
  readonly #sum: Float64Array;

  /**
   * @param size the number of variables.
   * @param capacity how many pairs are kept.
   * @throws {MisuseError} for a capacity that is no positive integer.
   */
  constructor(size: number, capacity: number) {
    if (!Number.isInteger(capacity) || capacity < 1) {
      throw new MisuseError(`Expected a positive integer for history but received ${capacity}`);
    }
    this.#size = size;
    this.#capacity = capacity;
    this.#sy = new Float64Array(this.#capacity ** 2);
    this.#yy = new Float64Array(this.#capacity ** 2);
    this.#pairs = pairsPerBank(capacity);
    const vectors = storedVectors(capacity);
    this.#products = new Float64Array(vectors);
    this.#fresh = new Float64Array(vectors);
    this.#sum = new Float64Array(Math.min(CHUNK, size));
  }

  /** How many pairs are kept at present. */
  get count(): number {
    return this.#order.length;
  }

  /** γ = s·y / y·y of the newest pair, the scale of H before any pair; 1 without pairs. */
  get scale(): number {
    const newest = this.#order.at(-1);
    if (newest === undefined) return 1;
    const at = newest * this.#capacity + newest;
    return this.#sy[at] / this.#yy[at];
  }

  /** Forgets every pair. */
  clear(): void {
    this.#order.length = 0;
    this.#pending = false;
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
    const oldest = this.#order.length === this.#capacity ? this.#order.shift() : undefined;
    const slot = oldest ?? this.#order.length;
    writePair(this.#bank(slot), 2 * (slot % this.#pairs), step, gradient, previous);
    this.#relate(slot, slot, curvature.sy, curvature.yy);
    this.#order.push(slot);
    this.#pending = true;
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
        addBank(this.#banks[b], coefficients, 2 * this.#pairs * b, sum, from, to);
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
    const before = this.#products;
    const now = this.#multiply(gradient);
    const newest = this.#order.at(-1);
    if (this.#pending && newest !== undefined) {
      for (const slot of this.#order) {
        if (slot === newest) continue;
        const s = 2 * slot;
        this.#relate(slot, newest, now[s] - before[s], now[s + 1] - before[s + 1]);
      }
    }
    this.#pending = false;
    this.#products = now;
    this.#fresh = before;
  }

  /** Multiplies every pair by a vector. */
  #multiply(vector: Float32Array): Float64Array {
    const out = this.#fresh.fill(0);
    const banks = this.#banksInUse();
    for (let from = 0; from < this.#size; from += CHUNK) {
      const to = Math.min(from + CHUNK, this.#size);
      for (let b = 0; b < banks; b++)
        bankProducts(this.#banks[b], vector, from, to, out, 2 * this.#pairs * b);
    }
    return out;
  }

  #relate(older: number, newer: number, sy: number, yy: number): void {
    this.#sy[older * this.#capacity + newer] = sy;
    this.#yy[older * this.#capacity + newer] = yy;
    this.#yy[newer * this.#capacity + older] = yy;
  }

  /**
   * The two loops, on products. In the first, q = g − Σ αⱼyⱼ from the newest pair to the oldest, αᵢ = sᵢ·q / sᵢ·yᵢ; in
   * the second, r = γq + Σ δⱼsⱼ from the oldest to the newest, δᵢ = αᵢ − yᵢ·r / sᵢ·yᵢ. Fills in what r holds of each
   * stored vector; what it holds of g is γ.
   */
  #recursion(coefficients: Float64Array): number {
    const { scale } = this;
    const order = this.#order;
    const n = this.#capacity;
    const alpha = new Float64Array(order.length);
    for (let i = order.length - 1; i >= 0; i--) {
      const row = order[i] * n;
      let sq = this.#products[2 * order[i]];
      for (let j = i + 1; j < order.length; j++) sq -= alpha[j] * this.#sy[row + order[j]];
      alpha[i] = sq / this.#sy[row + order[i]];
    }
    for (let i = 0; i < order.length; i++) {
      const slot = order[i];
      let yq = this.#products[2 * slot + 1];
      for (let j = 0; j < order.length; j++) yq -= alpha[j] * this.#yy[slot * n + order[j]];
      let yr = scale * yq;
      for (let j = 0; j < i; j++) yr += coefficients[2 * order[j]] * this.#sy[order[j] * n + slot];
      coefficients[2 * slot] = alpha[i] - yr / this.#sy[slot * n + slot];
      coefficients[2 * slot + 1] = -scale * alpha[i];
    }
    return scale;
  }

  #banksInUse(): number {
    return Math.ceil(this.#order.length / this.#pairs);
  }

  /** The bank of a slot, in which its s is at twice its number within the bank, and its y next. */
  #bank(slot: number): Bank {
    const index = Math.floor(slot / this.#pairs);
    const width = 2 * this.#pairs;
    this.#banks[index] ??= { values: new Float32Array(width * this.#size), width };
    return this.#banks[index];
  }
}
