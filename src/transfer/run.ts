/**
 * A run: what it is asked, what stays the same while it goes on, and how far it has come.
 * @module
 */
import { MisuseError } from "../errors.ts";
import { overMeanColour } from "../image/alpha.ts";
import { checkMask, type Mask } from "../image/mask.ts";
import type { Picture } from "../image/picture.ts";
import { resize } from "../image/resize.ts";
import { checkHoldable, type Size } from "../image/size.ts";
import { required } from "../required.ts";
import { prepareColours, startingColours } from "./colour.ts";
import { type Engine, memoryOf } from "./engine.ts";
import { masksAt } from "./guidance.ts";
import { layersOf } from "./look.ts";
import { type OptionsInput, STARTS, type Steering } from "./options.ts";
import { maskedRegions, type Subject } from "./prepare.ts";
import { bestOf, type Place, type RunState, type ScaleState, scaleStateOf } from "./run-state.ts";
import { checkRun, costsOf, finalSize, type PlannedScale, planRun } from "./schedule.ts";
import type { Settings } from "./settings.ts";
import { noisePicture, pictureOf } from "./start.ts";
import { type SteeredWeights, steeredWeights } from "./steered-weights.ts";
import { checkStyles, regionsOf, relativeToLargest, type WeightedStyle } from "./styles.ts";
import type { Term } from "./term.ts";
import { termsOf } from "./terms/table.ts";
import { TimeLeft } from "./time-left.ts";
import type { UnfinishedError } from "./unfinished.ts";

/** What to repaint, and how. */
export interface StylizeRequest {
  readonly content: Picture;
  /** One painting or more, blended by weight. */
  readonly styles: readonly WeightedStyle[];
  readonly options?: OptionsInput;
  /** The picture to start from, when the option `init` names a file. */
  readonly initial?: Picture;
  /** Where the photograph stays as it is: fully where the mask is 1. */
  readonly keep?: Mask;
}

/** What a run may be told beside what it makes. */
export interface RunControls {
  /** Stops it, with the best picture so far. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Asked before each evaluation for what is to count from then on; what is not named stays as it is. Where it is given,
   * every layer that is named stays in the sum, also at weight 0, so that its weight can be raised. A wish with which neither
   * content nor style would count is not followed.
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
  /** See {@link RunState.work}. */
  readonly work: string;
  /** The photograph in its own colours, opaque. */
  readonly photograph: Picture;
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
  /** The state to go on from, at the size that it is of. */
  readonly resumed?: ScaleState;
  readonly secondsPerEvaluation?: number;
  readonly evaluations: number;
  readonly stopped: boolean;
  /** Why it could not go on. */
  readonly failure?: UnfinishedError;
}

/** Checks everything, and plans the run or follows the plan that is there. */
export function beginRun(
  { content, styles: weighted, initial, keep }: Omit<StylizeRequest, "options">,
  settings: Settings,
  engine: Engine,
  controls: RunControls,
): Run {
  const { steer, from, saved, plan: given } = controls;
  const work = nameOfWork(engine.network, settings);
  if (from && from.work !== work) {
    throw new MisuseError(
      "The state to go on from is that of another run: give the options and the network that it was made with.",
    );
  }
  checkStyles(weighted);
  for (const { mask } of weighted) if (mask) checkMask(mask, "a style's mask");
  if (keep) checkMask(keep, "what is kept");
  checkProfiles([content, ...weighted.map(({ picture }) => picture), initial], settings);
  const steerable = steer !== undefined || from?.steering !== undefined;
  // One that counts nothing is not looked at, unless it can be made to count.
  const styles = relativeToLargest(weighted).filter(({ weight }) => weight > 0 || steerable);
  const { network } = engine;
  const memory = memoryOf(engine);
  const steering = steeredWeights(settings, steer, from?.steering);
  const photograph = overMeanColour(content);
  const subject = prepareColours({ photograph, styles, keep }, settings.color);
  const masked = maskedRegions(subject);
  const terms = termsOf(steering.settings(), masked).filter(({ counts }) => counts || steerable);
  // Of each region its mask, as it is and averaged; of what is kept the photograph, the mask, and what is free.
  const planes = 3 * masked.filter(Boolean).length + (keep === undefined ? 0 : 5);
  const pictures = {
    content,
    styles,
    initial,
    planes,
    work: { network, settings, terms, copied: saved, limits: engine.runtime.limits },
    memory,
  };
  const planned = from?.plan ?? given;
  if (planned) checkRun(planned, pictures);
  const plan = planned ?? planRun(settings.contentSize(content, settings.size), pictures);
  checkHoldable(finalSize(plan));
  // Before any work: a region that is there at a small size may be gone at a larger one.
  if (masked.some(Boolean)) for (const size of plan) masksAt(size, regionsOf(subject.styles), keep);
  const began = performance.now();
  return {
    work,
    photograph,
    subject,
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

/** Everything that settings say in words and numbers; what they compute follows from the preset, whose source is there. */
const nameOfWork = ({ checksum }: Engine["network"], { size: _, ...settings }: Settings): string =>
  JSON.stringify([checksum, settings]);

/** The picture to start from, or the one that a run to go on with had reached. */
export function beginning({ subject, settings, plan, controls: { from } }: Run, initial?: Picture): Progress {
  if (from === undefined) {
    const picture = firstPicture(settings, subject, initial, finalSize(plan.slice(0, 1)));
    return { picture, evaluations: 0, stopped: false };
  }
  const last = scaleStateOf(from);
  const reached = bestOf(last);
  const size = finalSize(plan.slice(0, from.scale + 1));
  return {
    picture: pictureOf(reached.variables, size, settings.variables),
    reached,
    resumed: last,
    secondsPerEvaluation: last.seconds / last.evaluation,
    evaluations: from.evaluationsBefore + from.evaluation,
    stopped: false,
  };
}

/** What one picture's values mean, another's have to. */
function checkProfiles(pictures: readonly (Picture | undefined)[], { profile }: Settings): void {
  for (const picture of pictures) {
    if (picture === undefined || picture.profile === profile) continue;
    throw new MisuseError(
      `Expected pictures of the profile ${profile ?? "srgb"} but received one of ${picture.profile ?? "srgb"}: read all of them with the profile that is asked for.`,
    );
  }
}

/** The picture to start from, mixed with noise where that is asked for. */
function firstPicture(
  settings: Settings,
  subject: Subject,
  initial: Picture | undefined,
  size: Size,
): Picture {
  const start = startOf(settings, subject, initial, size);
  const ratio = settings.noiseRatio;
  if (ratio === 0 || settings.init === "noise") return start;
  const { rgb } = resize(start, size.width, size.height);
  const noise = noisePicture(size, settings.noise, settings.seed);
  return { ...size, rgb: noise.rgb.map((value, i) => ratio * value + (1 - ratio) * rgb[i]) };
}

function startOf(
  settings: Settings,
  { photograph, styles }: Subject,
  initial: Picture | undefined,
  size: Size,
): Picture {
  switch (settings.init) {
    case "content":
      return photograph;
    case "noise":
      return noisePicture(size, settings.noise, settings.seed);
    case "style":
      return overMeanColour(required(styles[0], "style to begin with").picture);
    default:
      if (initial === undefined) {
        throw new MisuseError(
          `Expected ${STARTS.join(", ")} or a picture file for init but received "${settings.init}".`,
        );
      }
      return startingColours(overMeanColour(initial), settings.color);
  }
}
