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

  /** Whether the optimiser takes back every step that leads up, so that another one would do no better. */
  readonly safeguarded: boolean;

  constructor(evaluation: number, best?: Stylization, safeguarded = false) {
    const advice = safeguarded
      ? "lower the weights"
      : "lower the weights or the learning rate, or use the impasto preset, which cannot diverge";
    super(`The loss stopped being a finite number at evaluation ${evaluation}: ${advice}.`);
    this.evaluation = evaluation;
    this.best = best;
    this.safeguarded = safeguarded;
  }
}
