/**
 * The method, from top to bottom (Gatys, Ecker and Bethge, 2016): a photograph's features, a painting's statistics,
 * and a picture whose pixels are moved until it has both; size after size, from coarse to fine.
 * @module
 */
import { MisuseError } from "../errors.ts";
import { overMeanColour, withAlpha } from "../image/alpha.ts";
import type { Picture } from "../image/picture.ts";
import { resize } from "../image/resize.ts";
import { checkHoldable, type Size } from "../image/size.ts";
import { required } from "../required.ts";
import { DivergedError } from "./diverged.ts";
import type { Engine } from "./engine.ts";
import { type Iterate, requireCurrent, type Stylization } from "./iterate.ts";
import { layersOf } from "./look.ts";
import { type OptionsInput, parseOptions, parseSteering, type Steering } from "./options.ts";
import { pixelsSeen } from "./plan.ts";
import { type Prepared, prepareObjective } from "./prepare.ts";
import {
  acceptedOf,
  bestOf,
  type Place,
  type RunState,
  runStateOf,
  type ScaleState,
  scaleStateOf,
} from "./run-state.ts";
import { optimizeScale, unlessAborted } from "./scale.ts";
import { checkRun, optimizerAt, type PlannedScale, planRun } from "./schedule.ts";
import { resolveSettings, type Settings, steered, steeringOf } from "./settings.ts";
import { noisePicture, pictureOf, variablesOf } from "./start.ts";
import type { WeightedStyle } from "./targets.ts";
import { termsOf } from "./terms/table.ts";
import { TimeLeft } from "./time-left.ts";

/** What to repaint, and how. */
export interface StylizeRequest {
  readonly content: Picture;
  /** One painting or more, blended by weight. */
  readonly styles: readonly WeightedStyle[];
  readonly options?: OptionsInput;
  /** The picture to start from, when the option `init` names a file. */
  readonly initial?: Picture;
}

/** What a run may be told beside what it makes. */
export interface RunControls {
  /** Stops it, with the best picture so far. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Asked before each evaluation for what is to count from then on; what is not named stays as it is. Where it is given,
   * every layer that is named stays in the sum, also at weight 0, so that its weight can be raised.
   */
  readonly steer?: (() => Steering | undefined) | undefined;
  /** The state to go on from, of a run of the same request. It is the run's from then on. */
  readonly from?: RunState | undefined;
  /** The plan to follow; by what memory there is, when absent. */
  readonly plan?: readonly PlannedScale[] | undefined;
}

/**
 * Repaints a photograph in the style of one painting or several. Yields after each evaluation of the loss; the
 * generator's return value is the result. Stopped by the signal, it returns the best picture so far.
 * @throws MisuseError for options or weights that make no sense.
 * @throws ImpastoError when the memory does not suffice.
 * @throws DivergedError when the loss stops being a finite number; it has the best picture before that.
 * @example
 * const steps = stylize({ content, styles: [{ picture: painting, weight: 1 }] }, engine);
 * const { picture } = await drain(steps, ({ loss }) => console.log(loss.total));
 */
export const stylize = (
  { options = {}, ...request }: StylizeRequest,
  engine: Engine,
  controls: RunControls = {},
): AsyncGenerator<Iterate, Stylization> => {
  const parsed = parseOptions(options);
  const bounded = parsed.memory === undefined ? engine : { ...engine, memory: parsed.memory };
  return repaint(request, resolveSettings(parsed), bounded, controls);
};

/** As {@link stylize}, with every choice already made. */
export async function* repaint(
  { content, styles: weighted, initial }: Omit<StylizeRequest, "options">,
  settings: Settings,
  engine: Engine,
  { signal, steer, from, plan: given }: RunControls = {},
): AsyncGenerator<Iterate, Stylization> {
  checkStyles(weighted);
  const styles = relativeToLargest(weighted);
  const { network, memory = Number.POSITIVE_INFINITY } = engine;
  const steering = follow(settings, steer, from?.steering);
  const steerable = steering.steering() !== undefined;
  const terms = termsOf(steering.settings()).filter(({ counts }) => counts || steerable);
  const planned = from?.plan ?? given;
  const size = sizeOf(required(planned?.at(-1) ?? settings.contentSize(content, settings.size), "size"));
  const run = { content, styles, initial, work: { network, settings, terms }, memory };
  if (planned) checkRun(planned, run);
  const plan = planned ?? planRun(size, run);
  checkHoldable(size);

  const began = performance.now();
  const secondsBefore = from?.seconds ?? 0;
  const elapsed = () => secondsBefore + (performance.now() - began) / 1000;
  const photograph = overMeanColour(content);
  const layers = layersOf(terms);
  const costs = plan.map(({ iterations, mostPixels = Number.POSITIVE_INFINITY, ...size }) => ({
    size,
    iterations,
    pixelsSeen: pixelsSeen(size, mostPixels, layers),
  }));
  const timeLeft = new TimeLeft(costs, settings.styleMeasure, network.standsIn);
  const resumed = from && scaleStateOf(from);
  let last: ScaleState | undefined = resumed;
  let reached: Place | undefined = resumed && bestOf(resumed);
  let picture = reached
    ? pictureOf(reached.variables, required(plan[from?.scale ?? 0], "size to go on at"), settings.variables)
    : firstPicture(settings, photograph, initial, required(plan[0], "size to begin with"));
  let evaluations = (from?.evaluationsBefore ?? 0) + (from?.evaluation ?? 0);
  let stopped = false;
  let diverged: DivergedError | undefined;

  for (const [index, scale] of plan.entries()) {
    if (index < (from?.scale ?? 0)) continue;
    stopped ||= signal?.aborted === true;
    if (stopped) break;
    const { iterations, mostPixels = Number.POSITIVE_INFINITY } = scale;
    const subject = { photograph, styles };
    const preparing = prepareObjective(scale, subject, engine, settings, terms, mostPixels, signal);
    const prepared = await unlessAborted(preparing, signal);
    stopped = prepared === undefined;
    if (prepared === undefined) break;
    const evaluationsBefore = evaluations - (from?.scale === index ? from.evaluation : 0);
    let here = from?.scale === index ? resumed : undefined;
    try {
      const start = () => variablesOf(resize(picture, scale.width, scale.height), settings.variables);
      const work = {
        objective: prepared.objective,
        weights: steering.weights(prepared),
        before: prepared.weights(steering.settings()),
        optimizer: optimizerAt(scale, settings),
        iterations,
      };
      for await (const state of optimizeScale(work, here ?? start(), signal)) {
        evaluations += 1;
        const seconds = state.seconds - (here?.seconds ?? 0);
        here = state;
        let current = true;
        const secondsElapsed = elapsed();
        yield {
          scale: index + 1,
          scales: plan.length,
          size: sizeOf(scale),
          evaluation: state.evaluation,
          evaluations: iterations,
          loss: state.loss,
          secondsElapsed,
          secondsLeft: timeLeft.after(index, state.evaluation, seconds),
          async picture() {
            requireCurrent(current, state.evaluation, "picture");
            return pictureOf(state.optimizer.accepted, scale, settings.variables);
          },
          async state() {
            requireCurrent(current, state.evaluation, "state");
            const place = { plan, scale: index, evaluationsBefore, steering: steering.steering() };
            return structuredClone(runStateOf(state, { ...place, seconds: secondsElapsed }));
          },
        };
        current = false;
        if (signal?.aborted) break;
      }
    } catch (error) {
      if (!(error instanceof DivergedError)) throw error;
      diverged = error;
    } finally {
      await prepared.objective.release();
    }
    // A signal that comes with the very last evaluation stops nothing.
    const toCome = (here?.evaluation ?? 0) < iterations || index < plan.length - 1;
    stopped = diverged !== undefined || (signal?.aborted === true && toCome);
    if (here) {
      last = here;
      reached = stopped ? bestOf(here) : acceptedOf(here);
      picture = pictureOf(reached.variables, scale, settings.variables);
    }
  }

  const { alpha } = content.alpha ? resize(content, size.width, size.height) : content;
  const result = {
    picture: withAlpha(resize(picture, size.width, size.height), alpha),
    loss: reached?.loss ?? NO_LOSS,
    evaluations,
    seconds: elapsed(),
    secondsPerEvaluation: last ? last.seconds / last.evaluation : 0,
    plan,
    stopped,
  };
  if (diverged) throw new DivergedError(diverged.evaluation, reached && result, diverged.safeguarded);
  return result;
}

/** Settings as they are steered, and the weights that follow from them. */
function follow(settings: Settings, steer: RunControls["steer"], before: Steering | undefined) {
  let steering = before ?? (steer && steeringOf(settings));
  let now = before ? steered(settings, before) : settings;
  let wished: Steering | undefined;
  return {
    /** All that can be changed, as it is at present; nothing where nothing can. */
    steering: () => steering,
    settings: () => now,
    /** The weights, the same record as long as they stay the same. */
    weights({ weights }: Prepared) {
      let weighed = weights(now);
      return () => {
        const wish = steer?.();
        if (wish !== undefined && wish !== wished) {
          wished = wish;
          now = steered(now, parseSteering(wish));
          steering = steeringOf(now);
          weighed = weights(now);
        }
        return weighed;
      };
    },
  };
}

/** Runs a transfer to its end, telling of each step, and waiting where `onIterate` returns a promise. */
export async function drain(
  steps: AsyncGenerator<Iterate, Stylization>,
  onIterate: (iterate: Iterate) => unknown = () => {},
): Promise<Stylization> {
  try {
    let step = await steps.next();
    for (; !step.done; step = await steps.next()) await onIterate(step.value);
    return step.value;
  } catch (error) {
    // Where onIterate threw, the generator still holds a program: it is told, releases it and throws the same again.
    await steps.throw(error);
    throw error;
  }
}

const NO_LOSS = { total: Number.NaN, terms: {} };

function checkStyles(styles: readonly WeightedStyle[]): void {
  if (styles.length === 0) throw new MisuseError("Name at least one style picture.");
  for (const { weight } of styles) {
    if (!(weight >= 0 && Number.isFinite(weight))) {
      throw new MisuseError(
        `Expected a finite number of at least 0 for a style's weight but received ${weight}.`,
      );
    }
  }
  if (styles.every(({ weight }) => weight === 0)) {
    throw new MisuseError("The styles' weights sum to 0: give at least one a weight above 0.");
  }
}

/** The same ratios, in numbers whose sum is one too, however large they were. */
function relativeToLargest(styles: readonly WeightedStyle[]): readonly WeightedStyle[] {
  const largest = Math.max(...styles.map(({ weight }) => weight));
  return styles.map((style) => ({ ...style, weight: style.weight / largest }));
}

const sizeOf = ({ width, height }: Size): Size => ({ width, height });

function firstPicture(
  settings: Settings,
  photograph: Picture,
  initial: Picture | undefined,
  size: Size,
): Picture {
  switch (settings.init) {
    case "content":
      return photograph;
    case "noise":
      return noisePicture(size, settings.noise, settings.seed);
    default:
      if (initial === undefined) {
        throw new MisuseError(
          `Expected content, noise or a picture file for init but received "${settings.init}".`,
        );
      }
      return overMeanColour(initial);
  }
}
