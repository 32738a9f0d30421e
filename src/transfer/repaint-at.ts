/**
 * The work at one size: targets, objective, optimisation, and what is told of each evaluation.
 * @module
 */
import { inProfile } from "../image/picture.ts";
import { resize } from "../image/resize.ts";
import { required } from "../required.ts";
import { finishColours } from "./colour.ts";
import { copied } from "./copied.ts";
import { type Guidance, keeping } from "./guidance.ts";
import { type Iterate, requireCurrent } from "./iterate.ts";
import { type Prepared, prepareObjective } from "./prepare.ts";
import type { Progress, Run } from "./run.ts";
import { runStateOf } from "./run-state.ts";
import { type ScaleStep, unlessAborted } from "./scale.ts";
import { optimizerAt } from "./schedule.ts";
import { pictureOf, variablesOf } from "./start.ts";
import { failureOf, WatchedSteps } from "./watched-steps.ts";

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
  const { device } = engine.runtime;
  let prepared: Prepared | undefined;
  try {
    prepared = signal?.aborted ? undefined : await unlessAborted(preparing(), signal);
  } catch (error) {
    return { ...before, failure: failureOf(error, device), stopped: true };
  }
  if (prepared === undefined) return { ...before, stopped: true };

  const { guidance } = prepared;
  const resumed = from?.scale === index ? before.resumed : undefined;
  const evaluationsBefore = before.evaluations - (resumed?.evaluation ?? 0);
  let here: ScaleStep | undefined;
  let steps: WatchedSteps | undefined;
  try {
    const work = {
      weights: steering.weights(prepared),
      before: steering.now(prepared),
      optimizer: optimizerAt(scale, settings),
      iterations,
    };
    const start = () => variablesOf(resize(before.picture, scale.width, scale.height), settings.variables);
    const minimised = prepared.minimise(work, resumed ?? start(), signal);
    steps = new WatchedSteps(minimised, device, prepared.onDevice);
    for (let step = await steps.next(); step !== undefined; step = await steps.next()) {
      const seconds = step.seconds - (here?.seconds ?? resumed?.seconds ?? 0);
      here = step;
      const { iterate, end } = iterateOf(step, index, run, guidance, evaluationsBefore, seconds);
      yield iterate;
      await end();
      if (signal?.aborted) break;
    }
    const last = here ?? resumed;
    // A signal that comes with the very last evaluation stops nothing.
    const toCome = last === undefined || last.evaluation < iterations || index < plan.length - 1;
    const halted = signal?.aborted === true && toCome;
    const reached = last && (await steps.reached(last, halted || steps.failure !== undefined));
    const { failure } = steps;
    const ended = { stopped: halted || failure !== undefined, ...(failure && { failure }) };
    if (last === undefined || reached === undefined) return { ...before, ...ended, stopped: true };
    return {
      picture: keeping(pictureOf(reached.variables, scale, settings.variables), guidance),
      reached,
      secondsPerEvaluation: last.seconds / last.evaluation,
      evaluations: evaluationsBefore + last.evaluation,
      ...ended,
    };
  } finally {
    await steps?.end();
    // A device that has failed may fail at this as well.
    await prepared.release().catch((error: unknown) => {
      if (steps?.failure === undefined) throw error;
    });
  }
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
