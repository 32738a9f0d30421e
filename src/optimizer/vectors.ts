/**
 * Where an optimiser's vectors are, and all that it does with them: the processor's memory (host-vectors.ts), or a
 * device's. Optimisers are written against this, once. An operation writes into the vector that is named last.
 * @module
 */
import type { Curvature, TrialProducts } from "./kernels.ts";

/** What may have to be waited for. */
export type Eventually<Value> = Value | Promise<Value>;

/** How Adam moves; see adam.ts. */
export interface AdamStep {
  readonly beta1: number;
  readonly beta2: number;
  /** η / (1 − β₁ᵗ) */
  readonly rate: number;
  /** 1 / √(1 − β₂ᵗ) */
  readonly correction: number;
  readonly epsilon: number;
}

/** Vectors of one length. */
export interface Vectors<Vector> {
  readonly length: number;
  /** A vector of these values; the array may be part of it from then on. */
  adopt(values: Float32Array): Eventually<Vector>;
  /** The values of a vector, which may be its own array. */
  read(vector: Vector): Eventually<Float32Array>;
  zeros(): Eventually<Vector>;
  copyOf(vector: Vector): Eventually<Vector>;
  copy(from: Vector, to: Vector): Eventually<void>;
  /** out ← a − b */
  subtract(a: Vector, b: Vector, out: Vector): Eventually<void>;
  /** to ← from + step · direction. @returns whether that is another place than `from`, to the digits there are. */
  move(from: Vector, step: number, direction: Vector, to: Vector): Eventually<boolean>;
  /** direction ← −size · gradient. @returns the slope, direction · gradient. */
  descend(gradient: Vector, size: number, direction: Vector): Eventually<number>;
  /** step ← length · step, point ← point + step. */
  advance(length: number, step: Vector, point: Vector): Eventually<void>;
  /** Σ |xᵢ| */
  absoluteSum(x: Vector): Eventually<number>;
  /** The largest |xᵢ|. */
  largest(x: Vector): Eventually<number>;
  isFinite(x: Vector): Eventually<boolean>;
  trialProducts(
    point: Vector,
    accepted: Vector,
    gradient: Vector,
    previous: Vector,
  ): Eventually<TrialProducts>;
  pairProducts(step: Vector, gradient: Vector, previous: Vector): Eventually<Curvature>;
  /** m ← β₁m + (1−β₁)g, v ← β₂v + (1−β₂)g², point ← point − rate · m / (√v · correction + ε), where m is not 0. */
  adam(gradient: Vector, step: AdamStep, first: Vector, second: Vector, point: Vector): Eventually<void>;
  /** Room for so many pairs, with those that banks hold; see kernels.ts. @param used how many of them. */
  pairs(capacity: number, banks: readonly Float32Array[], used: number): Eventually<Pairs<Vector>>;
  /** Fails for a vector that is not one of these. @throws {MisuseError} naming it. */
  check(name: string, vector: Vector): void;
  /** Lets go of what only an optimiser held. */
  release(vector: Vector): void;
}

/** The products of pairs with vectors: s·x of a slot at `2 * slot`, y·x after it. */
export interface PairProducts {
  readonly gradient: Float64Array;
  /** Those with the newest y; absent where they follow from the gradients' products without loss. */
  readonly newest?: Float64Array;
}

/** The pairs s and y that L-BFGS remembers, in numbered slots; the first ones are in use. */
export interface Pairs<Vector> {
  /** Puts s = `step` and y = `gradient` − `previous` into a slot. */
  write(slot: number, step: Vector, gradient: Vector, previous: Vector): Eventually<void>;
  /** @param newest the slot whose y is new to the others. */
  products(gradient: Vector, used: number, newest: number | undefined): Eventually<PairProducts>;
  /**
   * direction ← −γ · gradient − Σ coefficients · pairs. @returns the slope, direction · gradient.
   * @param coefficients that of a slot's s at `2 * slot`, of its y after it.
   */
  combine(
    used: number,
    gamma: number,
    coefficients: Float64Array,
    gradient: Vector,
    direction: Vector,
  ): Eventually<number>;
  /** The pairs as banks, which may be their own arrays. */
  banks(used: number): Eventually<readonly Float32Array[]>;
  release(): void;
}
