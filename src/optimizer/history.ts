/**
 * What L-BFGS remembers: the last m pairs s = x' − x and y = g' − g, and from them the direction −H·g.
 * The two-loop recursion is run on *inner products* instead of vectors (Byrd, Nocedal and Schnabel 1994; Chen et al.
 * 2014), so a direction costs one pass over the pairs for the products with g and one to add them up. The products
 * among the pairs come free: y = g' − g, so sᵢ·y = sᵢ·g' − sᵢ·g, and the recursion never asks for sᵢ·sⱼ, nor for
 * sᵢ·yⱼ of an s newer than the y.
 * @module
 */
import { MisuseError } from "../errors.ts";
import { type Curvature, pairsPerBank, storedVectors } from "./kernels.ts";
import type { Pairs, Vectors } from "./vectors.ts";

/** The pairs and their products. */
export interface HistoryState {
  /** Vectors that stand interleaved, in banks of one width; see kernels.ts. */
  readonly banks: readonly Float32Array[];
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

/**
 * The pairs, oldest first, and the directions they give.
 * @param state where to go on; from then on it is the history's.
 * @throws {MisuseError} for a state of another number of variables, or one that contradicts itself.
 */
export async function openHistory<Vector>(
  vectors: Vectors<Vector>,
  { banks, ...state }: HistoryState,
): Promise<History<Vector>> {
  const { order, sy, yy, products } = state;
  const capacity = Math.sqrt(sy.length);
  const slots = new Set(order);
  const whole =
    Number.isInteger(capacity) &&
    yy.length === sy.length &&
    products.length === storedVectors(capacity) &&
    slots.size === order.length &&
    order.every((slot) => Number.isInteger(slot) && slot >= 0 && slot < order.length);
  if (!whole || banks.length * 2 * pairsPerBank(capacity) < 2 * order.length) {
    throw new MisuseError(`Expected a history of ${vectors.length} variables but received another`);
  }
  return new History(await vectors.pairs(capacity, banks, order.length), state, capacity);
}

/** See {@link openHistory}. */
export class History<Vector> {
  readonly #pairs: Pairs<Vector>;
  readonly #state: Omit<HistoryState, "banks">;
  readonly #capacity: number;

  constructor(pairs: Pairs<Vector>, state: Omit<HistoryState, "banks">, capacity: number) {
    this.#pairs = pairs;
    this.#state = state;
    this.#capacity = capacity;
  }

  /** What there is to remember. */
  async state(): Promise<HistoryState> {
    return { ...this.#state, banks: await this.#pairs.banks(this.count) };
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

  /** Lets go of the pairs, where they are not in this process's memory. */
  release(): void {
    this.#pairs.release();
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
  async keep(
    step: Vector,
    gradient: Vector,
    previous: Vector,
    curvature: Pick<Curvature, "sy" | "yy">,
  ): Promise<void> {
    const oldest = this.#state.order.length === this.#capacity ? this.#state.order.shift() : undefined;
    const slot = oldest ?? this.#state.order.length;
    await this.#pairs.write(slot, step, gradient, previous);
    this.#relate(slot, slot, curvature.sy, curvature.yy);
    this.#state.order.push(slot);
    this.#state.pending = true;
  }

  /**
   * Writes −H·`gradient` into `direction`.
   * @returns the slope `gradient`·`direction`, negative unless numbers have run out of digits.
   */
  async direction(gradient: Vector, direction: Vector): Promise<number> {
    await this.#measure(gradient);
    const coefficients = new Float64Array(storedVectors(this.#capacity));
    const gamma = this.#recursion(coefficients);
    return this.#pairs.combine(this.count, gamma, coefficients, gradient, direction);
  }

  /** Takes the products of every pair with the gradient and, from their change, those with the newest y. */
  async #measure(gradient: Vector): Promise<void> {
    const before = this.#state.products;
    const newest = this.#state.pending ? this.#state.order.at(-1) : undefined;
    const { gradient: now, newest: own } = await this.#pairs.products(gradient, this.count, newest);
    if (newest !== undefined) {
      for (const slot of this.#state.order) {
        if (slot === newest) continue;
        const s = 2 * slot;
        const [sy, yy] = own ? [own[s], own[s + 1]] : [now[s] - before[s], now[s + 1] - before[s + 1]];
        this.#relate(slot, newest, sy, yy);
      }
    }
    this.#state.pending = false;
    this.#state.products = now;
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
}
