/**
 * A run: what it is asked, what stays the same while it goes on, and how far it has come.
 * @module
 */
import { MisuseError } from "../errors.ts";
import { overMeanColour } from "../image/alpha.ts";
import type { Picture } from "../image/picture.ts";
import { checkHoldable, type Size } from "../image/size.ts";
import type { DivergedError } from "./diverged.ts";
import type { Engine } from "./engine.ts";
import { layersOf } from "./look.ts";
import type { OptionsInput, Steering } from "./options.ts";
import type { Subject } from "./prepare.ts";
import { bestOf, type Place, type RunState, type ScaleState, scaleStateOf } from "./run-state.ts";
import { checkRun, costsOf, finalSize, type PlannedScale, planRun } from "./schedule.ts";
import type { Settings } from "./settings.ts";
import { noisePicture, pictureOf } from "./start.ts";
import { type SteeredWeights, steeredWeights } from "./steered-weights.ts";
import type { WeightedStyle } from "./targets.ts";
import type { Term } from "./term.ts";
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
  /** Whether its state will be asked for on the way: then memory is kept for a copy of it. */
  readonly saved?: boolean | undefined;
  /** The plan to follow; by what memory there is, when absent. */
  readonly plan?: readonly PlannedScale[] | undefined;
}

/** What stays the same during a run. */
export interface Run {
  readonly subject: Subject;
  readonly settings: Settings;
  readonly engine: Engine;
  readonly controls: RunControls;
  readonly terms: readonly Term[];
  readonly plan: readonly PlannedScale[];
  readonly steering: SteeredWeights;
  readonly timeLeft: TimeLeft;
  elapsed(): number;
}

/** How far a run has come. */
export interface Progress {
  readonly picture: Picture;
  /** Where the optimisation stands; nowhere before the first evaluation. */
  readonly reached?: Place;
  readonly last?: ScaleState;
  readonly evaluations: number;
  readonly stopped: boolean;
  readonly diverged?: DivergedError;
}

/** Checks everything, and plans the run or follows the plan that is there. */
export function beginRun(
  { content, styles: weighted, initial }: Omit<StylizeRequest, "options">,
  settings: Settings,
  engine: Engine,
  controls: RunControls,
): Run {
  const { steer, from, saved, plan: given } = controls;
  checkStyles(weighted);
  const styles = relativeToLargest(weighted);
  const { network, memory = Number.POSITIVE_INFINITY } = engine;
  const steering = steeredWeights(settings, steer, from?.steering);
  const steerable = steering.steering() !== undefined;
  const terms = termsOf(steering.settings()).filter(({ counts }) => counts || steerable);
  const pictures = { content, styles, initial, work: { network, settings, terms, copied: saved }, memory };
  const planned = from?.plan ?? given;
  if (planned) checkRun(planned, pictures);
  const plan = planned ?? planRun(settings.contentSize(content, settings.size), pictures);
  checkHoldable(finalSize(plan));
  const began = performance.now();
  return {
    subject: { photograph: overMeanColour(content), styles },
    settings,
    engine,
    controls,
    terms,
    plan,
    steering,
    timeLeft: new TimeLeft(costsOf(plan, layersOf(terms)), settings.styleMeasure, network.standsIn),
    elapsed: () => (from?.seconds ?? 0) + (performance.now() - began) / 1000,
  };
}

/** The picture to start from, or the one that a run to go on with had reached. */
export function beginning({ subject, settings, plan, controls: { from } }: Run, initial?: Picture): Progress {
  if (from === undefined) {
    const picture = firstPicture(settings, subject.photograph, initial, finalSize(plan.slice(0, 1)));
    return { picture, evaluations: 0, stopped: false };
  }
  const last = scaleStateOf(from);
  const reached = bestOf(last);
  const size = finalSize(plan.slice(0, from.scale + 1));
  return {
    picture: pictureOf(reached.variables, size, settings.variables),
    reached,
    last,
    evaluations: from.evaluationsBefore + from.evaluation,
    stopped: false,
  };
}

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
