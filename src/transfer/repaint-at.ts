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
import { acceptedOf, bestOf, type Place, runStateOf, type ScaleState } from "./run-state.ts";
import { type ScaleStep, unlessAborted } from "./scale.ts";
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

  const resumed = from?.scale === index ? before.resumed : undefined;
  const evaluationsBefore = before.evaluations - (resumed?.evaluation ?? 0);
  let here: ScaleStep | undefined;
  let diverged: DivergedError | undefined;
  try {
    const work = {
      weights: steering.weights(prepared),
      before: steering.now(prepared),
      optimizer: optimizerAt(scale, settings),
      iterations,
    };
    const start = () => variablesOf(resize(before.picture, scale.width, scale.height), settings.variables);
    try {
      for await (const step of prepared.minimise(work, resumed ?? start(), signal)) {
        const seconds = step.seconds - (here?.seconds ?? resumed?.seconds ?? 0);
        here = step;
        const { iterate, end } = iterateOf(step, index, run, prepared.guidance, evaluationsBefore, seconds);
        yield iterate;
        end();
        if (signal?.aborted) break;
      }
    } catch (error) {
      if (!(error instanceof DivergedError)) throw error;
      diverged = error;
    }
    const lost = diverged === undefined ? {} : { diverged };
    const last = here ?? resumed;
    if (last === undefined) return { ...before, ...lost, stopped: true };
    // A signal that comes with the very last evaluation stops nothing.
    const toCome = last.evaluation < iterations || index < plan.length - 1;
    const stopped = diverged !== undefined || (signal?.aborted === true && toCome);
    const reached = await reachedBy(last, stopped);
    return {
      picture: keeping(pictureOf(reached.variables, scale, settings.variables), prepared.guidance),
      reached,
      secondsPerEvaluation: last.seconds / last.evaluation,
      evaluations: evaluationsBefore + last.evaluation,
      stopped,
      ...lost,
    };
  } finally {
    await prepared.release();
  }
}

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
): { readonly iterate: Iterate; end(): void } {
  const scale = required(plan[index], "size to work at");
  const secondsElapsed = elapsed();
  let current = true;
  const iterate: Iterate = {
    scale: index + 1,
    scales: plan.length,
    size: { width: scale.width, height: scale.height },
    evaluation: step.evaluation,
    evaluations: scale.iterations,
    loss: step.loss,
    secondsElapsed,
    secondsLeft: timeLeft.after(index, step.evaluation, seconds),
    async picture() {
      requireCurrent(current, step.evaluation, "picture");
      const { variables } = await step.accepted();
      const picture = keeping(pictureOf(variables, scale, settings.variables), guidance);
      const seen = () => resize(photograph, scale.width, scale.height);
      return inProfile(finishColours(picture, seen, settings.color), settings.profile);
    },
    async state() {
      requireCurrent(current, step.evaluation, "state");
      const place = { work, plan, scale: index, evaluationsBefore, steering: steering.steering() };
      return copied(runStateOf(await step.state(), { ...place, seconds: secondsElapsed }));
    },
  };
  return {
    iterate,
    end() {
      current = false;
    },
  };
}
