/**
 * The work at one size: targets, objective, optimisation, and what is told of each evaluation.
 * @module
 */
import { ImpastoError } from "../errors.ts";
import { inProfile } from "../image/picture.ts";
import { resize } from "../image/resize.ts";
import { required } from "../required.ts";
import { RuntimeFailure } from "../runtime/failures.ts";
import type { RealDevice } from "../runtime/runtime.ts";
import { finishColours } from "./colour.ts";
import { copied } from "./copied.ts";
import { type Guidance, keeping } from "./guidance.ts";
import { type Iterate, requireCurrent } from "./iterate.ts";
import { type Prepared, prepareObjective } from "./prepare.ts";
import type { Progress, Run } from "./run.ts";
import { acceptedOf, bestOf, type Place, runStateOf, type ScaleState } from "./run-state.ts";
import { type ScaleStep, unlessAborted } from "./scale.ts";
import { optimizerAt } from "./schedule.ts";
import { pictureOf, variablesOf } from "./start.ts";
import { DeviceError, UnfinishedError } from "./unfinished.ts";

/** Works at one size, from the picture of the size before: targets, objective, optimisation. */
export async function* repaintAt(
  index: number,
  run: Run,
  before: Progress,
): AsyncGenerator<Iterate, Progress> {
  const { subject, settings, engine, terms, plan, steering } = run;
  const { signal, from } = run.controls;
  const scale = required(plan[index], "size to work at");
  const { iterations, mostPixels = Number.POSITIVE_INFINITY } = scale;
  const preparing = () =>
    prepareObjective(scale, subject, engine, steering.settings(), terms, mostPixels, signal);
  const failureOf = failures(engine.runtime.device);
  let prepared: Prepared | undefined;
  try {
    prepared = signal?.aborted ? undefined : await unlessAborted(preparing(), signal);
  } catch (error) {
    return { ...before, failure: failureOf(error), stopped: true };
  }
  if (prepared === undefined) return { ...before, stopped: true };

  const { guidance, onDevice } = prepared;
  const resumed = from?.scale === index ? before.resumed : undefined;
  const evaluationsBefore = before.evaluations - (resumed?.evaluation ?? 0);
  let here: ScaleStep | undefined;
  let kept: Place | undefined;
  let keptAt = Number.NEGATIVE_INFINITY;
  let failure: UnfinishedError | undefined;
  let steps: AsyncGenerator<ScaleStep, void> | undefined;
  try {
    const work = {
      weights: steering.weights(prepared),
      before: steering.now(prepared),
      optimizer: optimizerAt(scale, settings),
      iterations,
    };
    const start = () => variablesOf(resize(before.picture, scale.width, scale.height), settings.variables);
    steps = prepared.minimise(work, resumed ?? start(), signal);
    /** What fails here is the work, and not who looks at it. */
    const next = async (): Promise<ScaleStep | undefined> => {
      try {
        const { value } = await required(steps, "steps").next();
        if (value && onDevice && value.seconds - keptAt > SECONDS_TO_LOSE) {
          kept = await value.best();
          keptAt = value.seconds;
        }
        return value ?? undefined;
      } catch (error) {
        failure = failureOf(error);
        return undefined;
      }
    };
    for (let step = await next(); step !== undefined; step = await next()) {
      const seconds = step.seconds - (here?.seconds ?? resumed?.seconds ?? 0);
      here = step;
      const { iterate, end } = iterateOf(step, index, run, guidance, evaluationsBefore, seconds);
      yield iterate;
      await end();
      if (signal?.aborted) break;
    }
    const last = here ?? resumed;
    if (last === undefined) return { ...before, ...(failure && { failure }), stopped: true };
    // A signal that comes with the very last evaluation stops nothing.
    const toCome = last.evaluation < iterations || index < plan.length - 1;
    const stopped = failure !== undefined || (signal?.aborted === true && toCome);
    // What a device has lost is not to be read any more.
    const read = async (): Promise<Place | undefined> => {
      try {
        return onDevice && failure ? kept : await reachedBy(last, stopped);
      } catch (error) {
        failure = failureOf(error);
        return kept;
      }
    };
    const reached = await read();
    const lost = failure === undefined ? {} : { failure };
    if (reached === undefined) return { ...before, ...lost, stopped: true };
    return {
      picture: keeping(pictureOf(reached.variables, scale, settings.variables), guidance),
      reached,
      secondsPerEvaluation: last.seconds / last.evaluation,
      evaluations: evaluationsBefore + last.evaluation,
      stopped: stopped || failure !== undefined,
      ...lost,
    };
  } finally {
    await steps?.return();
    // A device that has failed may fail at this as well.
    await prepared.release().catch((error: unknown) => {
      if (failure === undefined) throw error;
    });
  }
}

/** So many seconds of work may be lost with a device, before the picture is read from it again. */
const SECONDS_TO_LOSE = 5;

/**
 * What failed, as far as a run can end with it.
 * @throws what else it is.
 */
const failures =
  (device: RealDevice) =>
  (error: unknown): UnfinishedError => {
    if (error instanceof UnfinishedError) return error;
    const isOther = error instanceof ImpastoError && !(error instanceof RuntimeFailure);
    if (isOther || ON_THE_PROCESSOR.includes(device)) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    return new DeviceError(device, reason, undefined, { cause: error });
  };

const ON_THE_PROCESSOR: readonly RealDevice[] = ["cpu", "wasm"];

/** Where the work at a size ends: at the best place, where it was stopped. */
function reachedBy(last: ScaleStep | ScaleState, stopped: boolean): Place | Promise<Place> {
  if ("optimizer" in last) return stopped ? bestOf(last) : acceptedOf(last);
  return stopped ? last.best() : last.accepted();
}

/** What is told of an evaluation, and what is to be called once the run goes on. */
function iterateOf(
  step: ScaleStep,
  index: number,
  { work, photograph, plan, settings, steering, timeLeft, elapsed }: Run,
  guidance: Guidance,
  evaluationsBefore: number,
  seconds: number,
): { readonly iterate: Iterate; end(): Promise<void> } {
  const scale = required(plan[index], "size to work at");
  const secondsElapsed = elapsed();
  let current = true;
  const asked: Promise<unknown>[] = [];
  /** What is asked for in time is read before the run goes on, whether or not it is waited for. */
  const inTime = <Value>(what: string, read: () => Promise<Value>): Promise<Value> => {
    const reading = (async () => {
      requireCurrent(current, step.evaluation, what);
      return read();
    })();
    asked.push(reading);
    return reading;
  };
  const iterate: Iterate = {
    scale: index + 1,
    scales: plan.length,
    size: { width: scale.width, height: scale.height },
    evaluation: step.evaluation,
    evaluations: scale.iterations,
    loss: step.loss,
    secondsElapsed,
    secondsLeft: timeLeft.after(index, step.evaluation, seconds),
    picture: () =>
      inTime("picture", async () => {
        const { variables } = await step.accepted();
        const picture = keeping(pictureOf(variables, scale, settings.variables), guidance);
        const seen = () => resize(photograph, scale.width, scale.height);
        return inProfile(finishColours(picture, seen, settings.color), settings.profile);
      }),
    state: () =>
      inTime("state", async () => {
        const place = { work, plan, scale: index, evaluationsBefore, steering: steering.steering() };
        return copied(runStateOf(await step.state(), { ...place, seconds: secondsElapsed }));
      }),
  };
  return {
    iterate,
    async end() {
      current = false;
      await Promise.allSettled(asked);
    },
  };
}
