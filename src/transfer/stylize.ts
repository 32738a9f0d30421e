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
import type { Network } from "../network/network.ts";
import { required } from "../required.ts";
import type { Runtime } from "../runtime/runtime.ts";
import { unlessAborted } from "./abort.ts";
import { DivergedError } from "./diverged.ts";
import type { Iterate, Stylization } from "./iterate.ts";
import { type OptionsInput, parseOptions } from "./options.ts";
import { heldBytes, planMemory } from "./plan.ts";
import { prepareObjective } from "./prepare.ts";
import { optimizeScale, type Place, type ScaleState } from "./scale.ts";
import { resolveSettings, type Settings } from "./settings.ts";
import { noisePicture, pictureOf, variablesOf } from "./start.ts";
import type { WeightedStyle } from "./targets.ts";
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

/** What it takes to do it. */
export interface Engine {
  readonly network: Network;
  readonly runtime: Runtime;
  /** Bytes of memory the process may use: larger pictures are looked at in blocks. Unbounded when absent. */
  readonly memory?: number;
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
  signal?: AbortSignal,
): AsyncGenerator<Iterate, Stylization> => {
  const parsed = parseOptions(options);
  const bounded = parsed.memory === undefined ? engine : { ...engine, memory: parsed.memory };
  return repaint(request, resolveSettings(parsed), bounded, signal);
};

/** As {@link stylize}, with every choice already made. */
export async function* repaint(
  { content, styles: weighted, initial }: Omit<StylizeRequest, "options">,
  settings: Settings,
  engine: Engine,
  signal?: AbortSignal,
): AsyncGenerator<Iterate, Stylization> {
  checkStyles(weighted);
  const styles = relativeToLargest(weighted);
  const { network, memory = Number.POSITIVE_INFINITY } = engine;
  const size = settings.contentSize(content, settings.size);
  const held = [content, ...styles.map(({ picture }) => picture), ...(initial ? [initial] : [])];
  const planFor = (scale: Size) => planMemory(scale, settings, network, memory, heldBytes(held));
  planFor(size);
  checkHoldable(size);

  const began = performance.now();
  const photograph = overMeanColour(content);
  const scales = settings.schedule(Math.max(size.width, size.height)).map(({ longest, iterations }) => {
    const scale = scaleTo(size, longest);
    return { iterations, size: scale, ...planFor(scale) };
  });
  const timeLeft = new TimeLeft(scales, settings.styleMeasure, network.standsIn);
  let picture = firstPicture(settings, photograph, initial, required(scales[0], "size to begin with").size);
  let evaluations = 0;
  let last: ScaleState | undefined;
  let reached: Place | undefined;
  let stopped = false;
  let diverged: DivergedError | undefined;

  for (const [index, { size: scale, iterations, mostPixels, optimizer }] of scales.entries()) {
    stopped ||= signal?.aborted === true;
    if (stopped) break;
    const subject = { photograph, styles };
    const preparing = prepareObjective(scale, subject, engine, settings, mostPixels, signal);
    const objective = await unlessAborted(preparing, signal);
    stopped = objective === undefined;
    if (objective === undefined) break;
    let here: ScaleState | undefined;
    try {
      const start = () => variablesOf(resize(picture, scale.width, scale.height), settings.variables);
      for await (const state of optimizeScale(objective, start(), optimizer, iterations, signal)) {
        evaluations += 1;
        const seconds = state.seconds - (here?.seconds ?? 0);
        here = state;
        yield {
          scale: index + 1,
          scales: scales.length,
          size: scale,
          evaluation: state.evaluation,
          evaluations: iterations,
          loss: state.accepted.loss,
          secondsElapsed: (performance.now() - began) / 1000,
          secondsLeft: timeLeft.after(index, state.evaluation, seconds),
          picture: () => pictureOf(state.accepted.variables, scale, settings.variables),
        };
        if (signal?.aborted) break;
      }
    } catch (error) {
      if (!(error instanceof DivergedError)) throw error;
      diverged = error;
    } finally {
      await objective.release();
    }
    // A signal that comes with the very last evaluation stops nothing.
    const toCome = (here?.evaluation ?? 0) < iterations || index < scales.length - 1;
    stopped = diverged !== undefined || (signal?.aborted === true && toCome);
    if (here) {
      last = here;
      reached = stopped ? here.best : here.accepted;
      picture = pictureOf(reached.variables, scale, settings.variables);
    }
  }

  const { alpha } = content.alpha ? resize(content, size.width, size.height) : content;
  const result = {
    picture: withAlpha(resize(picture, size.width, size.height), alpha),
    loss: reached?.loss ?? NO_LOSS,
    evaluations,
    seconds: (performance.now() - began) / 1000,
    secondsPerEvaluation: last ? last.seconds / last.evaluation : 0,
    optimizer: planFor(size).optimizer,
    stopped,
  };
  if (diverged) throw new DivergedError(diverged.evaluation, reached && result, diverged.safeguarded);
  return result;
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

const NO_LOSS = {
  total: Number.NaN,
  content: Number.NaN,
  style: Number.NaN,
  smoothness: Number.NaN,
  terms: {},
};

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

/** The size with another longest side; the shape is that of the final size. */
function scaleTo(size: Size, longest: number): Size {
  const ratio = longest / Math.max(size.width, size.height);
  const side = (length: number) => Math.max(16, Math.round(length * ratio));
  return ratio === 1 ? size : { width: side(size.width), height: side(size.height) };
}

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
