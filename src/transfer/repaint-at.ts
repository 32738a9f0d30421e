/**
 * The work at one size: targets, objective, optimisation, and what is told of each evaluation.
 * @module
 */
import { inProfile } from "../image/picture.ts";
import { resize } from "../image/resize.ts";
import { required } from "../required.ts";
import { finishColours } from "./colour.ts";
import { copied } from "./copied.ts";
import { DivergedError } from "./diverged.ts";
import { type Guidance, keeping } from "./guidance.ts";
import { type Iterate, requireCurrent } from "./iterate.ts";
import { prepareObjective } from "./prepare.ts";
import type { Progress, Run } from "./run.ts";
import { acceptedOf, bestOf, runStateOf, type ScaleState } from "./run-state.ts";
import { optimizeScale, unlessAborted } from "./scale.ts";
import { optimizerAt } from "./schedule.ts";
import { pictureOf, variablesOf } from "./start.ts";

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
  const prepared = signal?.aborted ? undefined : await unlessAborted(preparing(), signal);
  if (prepared === undefined) return { ...before, stopped: true };

  const resumed = from?.scale === index ? before.last : undefined;
  const evaluationsBefore = before.evaluations - (resumed?.evaluation ?? 0);
  let here = resumed;
  let diverged: DivergedError | undefined;
  try {
    const work = {
      objective: prepared.objective,
      weights: steering.weights(prepared),
      before: steering.now(prepared),
      optimizer: optimizerAt(scale, settings),
      iterations,
    };
    const start = () => variablesOf(resize(before.picture, scale.width, scale.height), settings.variables);
    for await (const state of optimizeScale(work, resumed ?? start(), signal)) {
      const seconds = state.seconds - (here?.seconds ?? 0);
      here = state;
      const { iterate, end } = iterateOf(state, index, run, prepared.guidance, evaluationsBefore, seconds);
      yield iterate;
      end();
      if (signal?.aborted) break;
    }
  } catch (error) {
    if (!(error instanceof DivergedError)) throw error;
    diverged = error;
  } finally {
    await prepared.objective.release();
  }
  const lost = diverged === undefined ? {} : { diverged };
  if (here === undefined) return { ...before, ...lost, stopped: true };
  // A signal that comes with the very last evaluation stops nothing.
  const toCome = here.evaluation < iterations || index < plan.length - 1;
  const stopped = diverged !== undefined || (signal?.aborted === true && toCome);
  const reached = stopped ? bestOf(here) : acceptedOf(here);
  return {
    picture: keeping(pictureOf(reached.variables, scale, settings.variables), prepared.guidance),
    reached,
    last: here,
    evaluations: evaluationsBefore + here.evaluation,
    stopped,
    ...lost,
  };
}

/** What is told of an evaluation, and what is to be called once the run goes on. */
function iterateOf(
  state: ScaleState,
  index: number,
  { work, photograph, plan, settings, steering, timeLeft, elapsed }: Run,
  guidance: Guidance,
  evaluationsBefore: number,
  seconds: number,
): { readonly iterate: Iterate; end(): void } {
  const scale = required(plan[index], "size to work at");
  const secondsElapsed = elapsed();
  let current = true;
  const iterate: Iterate = {
    scale: index + 1,
    scales: plan.length,
    size: { width: scale.width, height: scale.height },
    evaluation: state.evaluation,
    evaluations: scale.iterations,
    loss: state.loss,
    secondsElapsed,
    secondsLeft: timeLeft.after(index, state.evaluation, seconds),
    async picture() {
      requireCurrent(current, state.evaluation, "picture");
      const picture = keeping(pictureOf(state.optimizer.accepted, scale, settings.variables), guidance);
      const seen = () => resize(photograph, scale.width, scale.height);
      return inProfile(finishColours(picture, seen, settings.color), settings.profile);
    },
    async state() {
      requireCurrent(current, state.evaluation, "state");
      const place = { work, plan, scale: index, evaluationsBefore, steering: steering.steering() };
      return copied(runStateOf(state, { ...place, seconds: secondsElapsed }));
    },
  };
  return {
    iterate,
    end() {
      current = false;
    },
  };
}
