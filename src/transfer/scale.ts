/**
 * The optimisation at one size: evaluate, tell the optimiser, remember the best, until done, stalled or stopped.
 * @module
 */
import {
  createOptimizer,
  neverGoesUp,
  type OptimizerSettings,
  resumeOptimizer,
} from "../optimizer/create.ts";
import { DivergedError } from "./diverged.ts";
import type { Named } from "./named.ts";
import type { LossReport, Objective } from "./objective.ts";
import type { Place, ScaleState } from "./run-state.ts";

/** What is minimised, how, and how long. */
export interface ScaleWork {
  readonly objective: Objective;
  /**
   * What each term counts, asked before every evaluation. Where it is not what it was, it is another objective: the
   * optimiser begins again from where it is, and no loss is compared with those before.
   */
  weights(): Named<number> | Promise<Named<number>>;
  /** What each term counted where the state to go on from was made. */
  readonly before?: Named<number>;
  readonly optimizer: OptimizerSettings;
  /** Evaluations in all. */
  readonly iterations: number;
}

/**
 * Minimises the objective, and yields after each evaluation. It ends at once when the signal stops an evaluation in its
 * midst.
 * @param begin the variables to start from, which are copied; or a state to go on from, which is the run's from then on.
 * @throws DivergedError when an accepted loss is not a finite number; the best place before it has been yielded.
 */
export async function* optimizeScale(
  { objective, weights, before, optimizer: settings, iterations }: ScaleWork,
  begin: Float32Array | ScaleState,
  signal?: AbortSignal,
): AsyncGenerator<ScaleState, void> {
  const safeguarded = neverGoesUp(settings);
  let state = begin instanceof Float32Array ? undefined : begin;
  let optimizer =
    begin instanceof Float32Array
      ? createOptimizer(begin, settings)
      : resumeOptimizer(begin.optimizer, settings);
  let weighed = before;
  let fresh = state === undefined;
  for (let evaluation = (state?.evaluation ?? 0) + 1; evaluation <= iterations; evaluation++) {
    const began = performance.now();
    const weighedBefore = weighed;
    weighed = await weights();
    const changed = weighedBefore !== undefined && !isSame(weighed, weighedBefore);
    if (optimizer.stalled && !changed) return;
    if (changed) {
      optimizer = createOptimizer(optimizer.accepted, settings);
      if (state) state = withoutBest({ ...state, optimizer: optimizer.state });
      fresh = true;
    }
    const evaluated = await unlessAborted(objective.evaluate(optimizer.point, weighed, signal), signal);
    if (evaluated === undefined) return;
    const { loss, gradient } = evaluated;
    // A line search takes back a step that led nowhere; at the start there is nothing to go back to.
    if (fresh && !allFinite(loss, gradient)) throw diverged(evaluation, safeguarded);
    fresh = false;
    const accepted = optimizer.tell(loss.total, gradient);
    if (accepted && !Number.isFinite(loss.total)) throw diverged(evaluation, safeguarded);
    state = {
      evaluation,
      optimizer: optimizer.state,
      loss: accepted || state === undefined ? loss : state.loss,
      ...(safeguarded ? {} : { best: better(state?.best, { variables: optimizer.accepted, loss }) }),
      seconds: (state?.seconds ?? 0) + (performance.now() - began) / 1000,
    };
    yield state;
  }
}

/** What the work gives, or undefined where it was the signal that stopped it. */
export async function unlessAborted<Result>(
  work: Promise<Result>,
  signal: AbortSignal | undefined,
): Promise<Result | undefined> {
  try {
    return await work;
  } catch (error) {
    if (signal?.aborted && error === signal.reason) return undefined;
    throw error;
  }
}

const diverged = (evaluation: number, safeguarded: boolean): DivergedError =>
  new DivergedError(evaluation, undefined, safeguarded);

const allFinite = ({ total }: LossReport, gradient: Float32Array): boolean =>
  Number.isFinite(total) && gradient.every(Number.isFinite);

const isSame = (one: Named<number>, other: Named<number>): boolean =>
  Object.entries(one).every(([name, weight]) => weight === other[name]);

const withoutBest = ({ best: _, ...state }: ScaleState): ScaleState => state;

/** The better of two places: a copy of the new one, in the array of the old. */
function better(best: Place | undefined, place: Place): Place {
  if (best !== undefined && best.loss.total <= place.loss.total) return best;
  const variables = best?.variables ?? new Float32Array(place.variables.length);
  variables.set(place.variables);
  return { variables, loss: place.loss };
}
