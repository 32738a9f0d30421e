/**
 * The optimisation at one size: evaluate, tell the optimiser, remember the best, until done, stalled or stopped.
 * @module
 */
import { adam } from "../optimizer/adam.ts";
import { lbfgs } from "../optimizer/lbfgs.ts";
import type { Optimizer } from "../optimizer/optimizer.ts";
import { unlessAborted } from "./abort.ts";
import { DivergedError } from "./diverged.ts";
import type { LossReport, Objective } from "./objective.ts";
import type { OptimizerSettings } from "./preset.ts";

/** How far rounding in float32 may move a loss, relative to its size. */
const NOISE = 1e-6;
const ADAM_EPSILON = 1e-8;

/** Variables and the losses there. */
export interface Place {
  /** `[3, height, width]`; not to be kept, for the optimiser may go on with it. */
  readonly variables: Float32Array;
  readonly loss: LossReport;
}

/** The state of the optimisation at one size. */
export interface ScaleState {
  /** The last accepted point. */
  readonly accepted: Place;
  /** The one with the lowest loss, which is another where the optimiser also goes up. */
  readonly best: Place;
  readonly evaluation: number;
  /** Seconds spent evaluating and stepping at this size. */
  readonly seconds: number;
}

/**
 * Minimises the objective from `start`, and yields after each evaluation. It ends at once when the signal stops an
 * evaluation in its midst.
 * @param start copied; nothing holds on to it.
 * @throws DivergedError when an accepted loss is not a finite number; the best place before it has been yielded.
 */
export const optimizeScale = (
  objective: Objective,
  start: Float32Array,
  settings: OptimizerSettings,
  evaluations: number,
  signal?: AbortSignal,
): AsyncGenerator<ScaleState, void> =>
  follow(objective, createOptimizer(start, settings), settings, evaluations, signal);

async function* follow(
  objective: Objective,
  optimizer: Optimizer,
  settings: OptimizerSettings,
  evaluations: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<ScaleState, void> {
  let accepted: Place | undefined;
  let best: Place | undefined;
  let seconds = 0;
  const safeguarded = monotone(settings);
  const diverged = (evaluation: number) => new DivergedError(evaluation, undefined, safeguarded);
  for (let evaluation = 1; evaluation <= evaluations; evaluation++) {
    const began = performance.now();
    const evaluated = await unlessAborted(objective.evaluate(optimizer.point, signal), signal);
    if (evaluated === undefined) return;
    const { loss, gradient } = evaluated;
    // A line search takes back a step that led nowhere; at the start there is nothing to go back to.
    if (evaluation === 1 && !allFinite(loss, gradient)) throw diverged(evaluation);
    if (optimizer.tell(loss.total, gradient)) {
      if (!Number.isFinite(loss.total)) throw diverged(evaluation);
      accepted = { variables: optimizer.accepted, loss };
      if (safeguarded) best = accepted;
      else if (best === undefined || loss.total < best.loss.total) {
        best = { variables: copy(optimizer.accepted, best?.variables), loss };
      }
    }
    seconds += (performance.now() - began) / 1000;
    if (!accepted || !best) throw diverged(evaluation);
    yield { accepted, best, evaluation, seconds };
    if ("stalled" in optimizer && optimizer.stalled === true) return;
  }
}

const allFinite = ({ total }: LossReport, gradient: Float32Array): boolean =>
  Number.isFinite(total) && gradient.every(Number.isFinite);

/** A copy, in the place of an earlier one where there is one. */
function copy(values: Float32Array, place: Float32Array = new Float32Array(values.length)): Float32Array {
  place.set(values);
  return place;
}

/** Whether the last accepted point is always the best. */
const monotone = (settings: OptimizerSettings): boolean =>
  settings.kind === "lbfgs" && settings.manner === "safeguarded";

function createOptimizer(start: Float32Array, settings: OptimizerSettings): Optimizer {
  if (settings.kind === "adam") return adam(start, { ...settings, epsilon: ADAM_EPSILON });
  return settings.manner === "pytorch" ? lbfgs(start, settings) : lbfgs(start, { ...settings, noise: NOISE });
}
