/**
 * What is thrown when the optimisation loses its way.
 * @module
 */
import { ImpastoError } from "../errors.ts";
import type { Stylization } from "./iterate.ts";

/** The loss became infinite, or no number at all. */
export class DivergedError extends ImpastoError {
  override readonly name = "DivergedError";
  /** The best picture before that, as if the work had been stopped there; undefined where there was none. */
  readonly best: Stylization | undefined;

  /** The evaluation that gave it, counted at its size. */
  readonly evaluation: number;

  constructor(evaluation: number, best?: Stylization) {
    super(
      `The loss stopped being a finite number at evaluation ${evaluation}: lower the weights or the learning rate, or use the impasto preset, which cannot diverge.`,
    );
    this.evaluation = evaluation;
    this.best = best;
  }
}
