/**
 * The optimisation at one size: evaluate, tell the optimiser, remember the best, until done, stalled or stopped.
 * @module
 */
import {
  createOptimizerOn,
  neverGoesUp,
  type OptimizerSettings,
  type OptimizerState,
  resumeOptimizerOn,
} from "../optimizer/create.ts";
import type { Optimizer } from "../optimizer/optimizer.ts";
import type { Vectors } from "../optimizer/vectors.ts";
import type { Named } from "./named.ts";
import type { LossReport, Objective } from "./objective.ts";
import type { Place, ScaleState } from "./run-state.ts";
import { DivergedError } from "./unfinished.ts";

/** What is minimised, and where its vectors are. */
export interface Minimised<Vector> {
  readonly objective: Objective<Vector>;
  readonly vectors: Vectors<Vector>;
}

/** How it is minimised, and how long. */
export interface ScaleWork {
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

/** What is told of an evaluation. What it gives may be live: the next evaluation changes its arrays. */
export interface ScaleStep {
  readonly evaluation: number;
  /** The losses at the last accepted point. */
  readonly loss: LossReport;
  /** Seconds spent evaluating and stepping at this size. */
  readonly seconds: number;
  /** The last accepted point. */
  accepted(): Promise<Place>;
  /** The place with the lowest loss. */
  best(): Promise<Place>;
  state(): Promise<ScaleState>;
}

/** Variables and the losses there, wherever the variables are. */
interface PlaceOn<Vector> {
  readonly variables: Vector;
  readonly loss: LossReport;
}

/**
 * Minimises the objective, and yields after each evaluation. It ends at once when the signal stops an evaluation in its
 * midst.
 * @param begin the variables to start from, which are copied; or a state to go on from, which is the run's from then on.
 * @throws DivergedError when an accepted loss is not a finite number; the best place before it has been yielded.
 */
export async function* optimizeScale<Vector>(
  { objective, vectors }: Minimised<Vector>,
  { weights, before, optimizer: settings, iterations }: ScaleWork,
  begin: Float32Array | ScaleState,
  signal?: AbortSignal,
): AsyncGenerator<ScaleStep, void> {
  const safeguarded = neverGoesUp(settings);
  const resumed = begin instanceof Float32Array ? undefined : begin;
  let optimizer =
    begin instanceof Float32Array
      ? await begun(vectors, begin, settings)
      : await resumeOptimizerOn(vectors, begin.optimizer, settings);
  let loss = resumed?.loss;
  let best: PlaceOn<Vector> | undefined = resumed?.best && {
    ...resumed.best,
    variables: await vectors.adopt(resumed.best.variables),
  };
  let seconds = resumed?.seconds ?? 0;
  let weighed = before;
  let fresh = resumed === undefined;
  for (let evaluation = (resumed?.evaluation ?? 0) + 1; evaluation <= iterations; evaluation++) {
    const began = performance.now();
    const weighedBefore = weighed;
    weighed = await weights();
    const changed = weighedBefore !== undefined && !isSame(weighed, weighedBefore);
    if (optimizer.stalled && !changed) return;
    if (changed) {
      const earlier = optimizer;
      optimizer = await createOptimizerOn(vectors, earlier.accepted, settings);
      earlier.release();
      if (best) vectors.release(best.variables);
      best = undefined;
      fresh = true;
    }
    const evaluated = await unlessAborted(objective.evaluate(optimizer.point, weighed, signal), signal);
    if (evaluated === undefined) return;
    const { loss: told, gradient } = evaluated;
    // A line search takes back a step that led nowhere; at the start there is nothing to go back to.
    if (fresh && !(Number.isFinite(told.total) && (await vectors.isFinite(gradient)))) {
      throw diverged(evaluation, safeguarded);
    }
    fresh = false;
    const accepted = await optimizer.tell(told.total, gradient);
    if (accepted && !Number.isFinite(told.total)) throw diverged(evaluation, safeguarded);
    loss = accepted || loss === undefined ? told : loss;
    if (!safeguarded) best = await better(vectors, best, { variables: optimizer.accepted, loss: told });
    seconds += (performance.now() - began) / 1000;
    yield stepOf(vectors, { evaluation, optimizer, loss, best, seconds });
  }
}

async function begun<Vector>(
  vectors: Vectors<Vector>,
  values: Float32Array,
  settings: OptimizerSettings,
): Promise<Optimizer<OptimizerState, Vector>> {
  const start = await vectors.adopt(values);
  const optimizer = await createOptimizerOn(vectors, start, settings);
  vectors.release(start);
  return optimizer;
}

/** Where an optimisation stands. */
interface Standing<Vector> {
  readonly evaluation: number;
  readonly optimizer: Optimizer<OptimizerState, Vector>;
  readonly loss: LossReport;
  readonly best: PlaceOn<Vector> | undefined;
  readonly seconds: number;
}

function stepOf<Vector>(
  vectors: Vectors<Vector>,
  { evaluation, optimizer, loss, best, seconds }: Standing<Vector>,
): ScaleStep {
  const accepted = async () => ({ variables: await vectors.read(optimizer.accepted), loss });
  const lowest = best && (async () => ({ ...best, variables: await vectors.read(best.variables) }));
  return {
    evaluation,
    loss,
    seconds,
    accepted,
    best: lowest ?? accepted,
    state: async () => ({
      evaluation,
      optimizer: await optimizer.state(),
      loss,
      ...(lowest ? { best: await lowest() } : {}),
      seconds,
    }),
  };
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

const isSame = (one: Named<number>, other: Named<number>): boolean =>
  Object.entries(one).every(([name, weight]) => weight === other[name]);

/** The better of two places: a copy of the new one, in the vector of the old. */
async function better<Vector>(
  vectors: Vectors<Vector>,
  best: PlaceOn<Vector> | undefined,
  { variables, loss }: PlaceOn<Vector>,
): Promise<PlaceOn<Vector>> {
  if (best === undefined) return { variables: await vectors.copyOf(variables), loss };
  if (best.loss.total <= loss.total) return best;
  await vectors.copy(variables, best.variables);
  return { variables: best.variables, loss };
}
