/**
 * The sizes that a run works through, and how much of a picture it may look at at each: all that the result depends on
 * beside the settings. A plan is plain data; one that was made before is followed, or refused, but never changed.
 * @module
 */
import type { Size } from "../image/size.ts";
import type { Layer } from "../network/layers.ts";
import type { OptimizerSettings } from "../optimizer/create.ts";
import { required } from "../required.ts";
import { layersOf } from "./look.ts";
import {
  checkPlan,
  type HeldPicture,
  heldBytes,
  memoryNeeded,
  pixelsNeeded,
  pixelsSeen,
  planMemory,
  type Work,
} from "./plan.ts";
import type { Settings } from "./settings.ts";
import type { ScaleCost } from "./time-left.ts";

/** One size of a run. */
export interface PlannedScale {
  readonly width: number;
  readonly height: number;
  /** Evaluations to make. */
  readonly iterations: number;
  /** How many pixels may be looked at at once, where a picture or a painting has more; all of them, when absent. */
  readonly mostPixels?: number | undefined;
  /** How many steps the optimiser remembers, where that is less than the settings say. */
  readonly history?: number | undefined;
}

/** The pictures of a run, or what is known of them before they are read, and what it may use. */
export interface Planned {
  readonly content: HeldPicture;
  readonly styles: readonly { readonly picture: HeldPicture }[];
  readonly initial?: HeldPicture | undefined;
  /** Planes of the picture's size that masks take, and what is kept. */
  readonly planes?: number;
  readonly work: Work;
  readonly memory: number;
}

/**
 * Plans a run.
 * @throws ImpastoError when the memory does not suffice.
 */
export function planRun(size: Size, run: Planned): readonly PlannedScale[] {
  const { settings } = run.work;
  const scales = settings.schedule(Math.max(size.width, size.height)).map(({ longest, iterations }) => ({
    ...scaleTo(size, longest),
    iterations,
  }));
  // The result's own size first: it is the one that may be too large.
  return scales
    .toReversed()
    .map((scale) => planScale(scale, run))
    .toReversed();
}

function planScale(scale: Size & { readonly iterations: number }, run: Planned): PlannedScale {
  const { work, memory } = run;
  const { mostPixels, optimizer } = planMemory(scale, work, memory, held(run, scale));
  const all = work.settings.optimizer;
  const shorter = optimizer.kind === "lbfgs" && all.kind === "lbfgs" && optimizer.history < all.history;
  return {
    ...scale,
    ...(mostPixels < mostLooked(scale, run) ? { mostPixels: needed(scale, run, mostPixels) } : {}),
    ...(shorter ? { history: optimizer.history } : {}),
  };
}

/**
 * Makes sure that a plan can be followed as it is.
 * @throws ImpastoError when there is less memory than it was made for.
 */
export function checkRun(plan: readonly PlannedScale[], run: Planned): void {
  for (const scale of plan) {
    const looked = mostLooked(scale, run);
    const { mostPixels = Number.POSITIVE_INFINITY } = scale;
    const optimizer = optimizerAt(scale, run.work.settings);
    checkPlan(scale, { mostPixels, optimizer }, looked, run.work, run.memory, held(run, scale));
  }
}

/** The bytes that the process takes with such a plan, where it takes most. */
export const memoryOfRun = (plan: readonly PlannedScale[], run: Planned): number =>
  Math.max(
    ...plan.map((scale) => {
      const { mostPixels = Number.POSITIVE_INFINITY } = scale;
      const optimizer = optimizerAt(scale, run.work.settings);
      const looked = mostLooked(scale, run);
      return memoryNeeded(scale, { mostPixels, optimizer }, looked, run.work, held(run, scale));
    }),
  );

/** The size of the last of the planned sizes. */
export function finalSize(plan: readonly PlannedScale[]): Size {
  const { width, height } = required(plan.at(-1), "size in the plan");
  return { width, height };
}

/** What a plan costs in time. @param layers where features are asked for. */
export const costsOf = (plan: readonly PlannedScale[], layers: readonly Layer[]): readonly ScaleCost[] =>
  plan.map(({ width, height, iterations, mostPixels = Number.POSITIVE_INFINITY }) => {
    const size = { width, height };
    return { size, iterations, pixelsSeen: pixelsSeen(size, mostPixels, layers) };
  });

/** The optimiser at one size. */
export const optimizerAt = ({ history }: PlannedScale, { optimizer }: Settings): OptimizerSettings =>
  optimizer.kind === "lbfgs" && history !== undefined ? { ...optimizer, history } : optimizer;

/** The sizes of the pictures as they are seen at one size. */
const lookedAt = (scale: Size, { styles, work }: Planned): readonly Size[] => [
  scale,
  ...styles.map(({ picture }) => work.settings.styleSize(picture, scale)),
];

/** The pixels of the largest of them. */
const mostLooked = (scale: Size, run: Planned): number =>
  Math.max(...lookedAt(scale, run).map(({ width, height }) => width * height));

/** What the blocks at one size need, which is less than what they may have. */
function needed(scale: Size, run: Planned, mostPixels: number): number {
  const { terms } = run.work;
  const layers = [
    terms,
    terms.filter((term) => term.over === "averages"),
    terms.filter((term) => term.over === "positions"),
  ];
  const asked = [...layers.map(layersOf), [...new Set(terms.flatMap(({ powers }) => powers))]];
  return pixelsNeeded(
    lookedAt(scale, run),
    Math.floor(mostPixels),
    asked.filter((some) => some.length > 0),
  );
}

/** Bytes that are there all the while at one size: the pictures, and the planes of what guides. */
const held = ({ content, styles, initial, planes = 0 }: Planned, { width, height }: Size): number =>
  Float32Array.BYTES_PER_ELEMENT * planes * width * height +
  heldBytes([content, ...styles.map(({ picture }) => picture), ...(initial ? [initial] : [])]);

/** The size with another longest side; the shape is that of the final size. */
function scaleTo({ width, height }: Size, longest: number): Size {
  const ratio = longest / Math.max(width, height);
  const side = (length: number) => Math.max(16, Math.round(length * ratio));
  return ratio === 1 ? { width, height } : { width: side(width), height: side(height) };
}
