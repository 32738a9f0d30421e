/**
 * What the two manners of L-BFGS have in common for those who use them.
 * @module
 */
import type { Optimizer } from "./optimizer.ts";

export interface HistoryOptions {
  /** How many pairs to remember; each takes twice the memory of the point, and time in every step. */
  readonly history: number;
}

/** An {@link Optimizer} that knows when it can get no further. */
export interface Lbfgs extends Optimizer {
  /**
   * Whether no lower loss could be found: the point to evaluate is the accepted one again. Telling of it begins a new
   * search, with what is told: useful where the function itself has changed, else a sign to stop.
   */
  readonly stalled: boolean;
}
