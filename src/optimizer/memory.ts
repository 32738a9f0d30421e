/**
 * What the two manners of L-BFGS share in their faces: what they remember, and how that is given and read.
 * @module
 */
import type { Optimizer } from "./optimizer.ts";

/** One thing L-BFGS has learned: along `s` the gradient changes by `y`. */
export interface Pair {
  readonly s: Float32Array;
  readonly y: Float32Array;
}

export interface MemoryOptions {
  /** How many pairs to remember; each takes twice the memory of the point, and time in every step. */
  readonly history: number;
  /**
   * Pairs to begin with, oldest first, for example those of a smaller size, resampled. They are copied; those with
   * s·y ≤ 0 are left out. A loss whose gradient per variable changes with the size needs its y scaled likewise.
   */
  readonly memory?: readonly Pair[] | undefined;
}

/** An {@link Optimizer} whose memory can be read out. */
export interface Lbfgs extends Optimizer {
  /** Copies of the remembered pairs, oldest first. */
  readonly memory: Pair[];
  /**
   * Whether no lower loss could be found: the point to evaluate is the accepted one again. Telling of it begins a new
   * search, with what is told: useful where the function itself has changed, else a sign to stop.
   */
  readonly stalled: boolean;
}
