/**
 * How to make do with the memory there is: a picture looked at whole, or else in blocks of some size, and an optimiser
 * that remembers less before anything is refused. Estimates were measured with VGG-19 and the built-in network on the
 * CPU; see SHARE for what they leave to chance.
 * @module
 */
import { ImpastoError } from "../errors.ts";
import { topologicalOrder } from "../graph/gradients.ts";
import { sizeOf } from "../graph/shape.ts";
import { input } from "../graph/tensor.ts";
import { SHORTEST_SIDE, type Size } from "../image/size.ts";
import type { Layer } from "../network/layers.ts";
import { featuresAt, type Network, throughHeads } from "../network/network.ts";
import { neverGoesUp, type OptimizerSettings } from "../optimizer/create.ts";
import { BANK_PAIRS, storedVectors } from "../optimizer/kernels.ts";
import { required } from "../required.ts";
import type { DeviceLimits } from "../runtime/limits.ts";
import { leastRegion, partition } from "./blocks.ts";
import { featuresOf, layersOf } from "./look.ts";
import { MemoryError } from "./memory-error.ts";
import type { Settings } from "./settings.ts";
import type { Term } from "./term.ts";

/** What is to be done at some size: the sum of these terms minimised, in the settings' way. */
export interface Work {
  readonly network: Network;
  readonly settings: Settings;
  readonly terms: readonly Term[];
  /** Whether copies of the optimiser's state are made on the way, one at a time. */
  readonly copied?: boolean | undefined;
  /** What the device cannot exceed; nothing, when absent. */
  readonly limits?: DeviceLimits | undefined;
}

/** How one size is worked at. */
export interface Plan {
  /** How many pixels may be looked at at once. Where the picture has no more, it is looked at whole. */
  readonly mostPixels: number;
  /** The pixels that one evaluation looks at: in blocks, their margins and the first pass come on top of the picture's. */
  readonly pixelsSeen: number;
  /** The optimiser asked for, with a history that fits. */
  readonly optimizer: OptimizerSettings;
}

/** What things cost in bytes. */
interface Costs {
  /** The process, the network, and the pictures that are there all the while. */
  readonly fixed: number;
  /** The activations of a pixel of what is looked at at once: a picture, or one of its blocks. */
  readonly activations: number;
  /** How many pixels may be looked at at once for no tensor to be larger than the device allows. */
  readonly mostAtOnce: number;
  /** A pixel of the largest tensor. */
  readonly largest: number;
  /** A pixel of the picture, for the content targets. */
  readonly targets: number;
  /** The layers whose features are asked for. */
  readonly layers: readonly Layer[];
  /** The smallest region that is not all margin, in pixels. */
  readonly leastPixels: number;
  /** How many times the optimiser's vectors are there: once, and a copy where one is made. */
  readonly copies: number;
}

/** Node, ONNX Runtime and this program. */
export const PROCESS_BYTES = 150e6;
/** The network's file, its values and their transforms, for each byte of the weights in the graph. */
const WEIGHTS_FACTOR = 9;
/**
 * ONNX Runtime takes memory for activations, gradients and masks in ever larger steps, of a gibibyte in the end. What
 * follows was measured as the peaks of pictures and blocks of 0.1 to 1.5 megapixels.
 */
const STEP = 2 ** 30;
/** Up to so many steps it uses what it needs: at most the factor for each byte of the activations. */
const SMOOTH = { steps: 2, factor: 2.15 };
/** Beyond them it needs less for each byte, but all of every step is touched sooner or later, and a little beside it. */
const STEPPED = { factor: 1.9, touched: 1.05 };
/** The part of the memory to plan with; the rest is for what the collector comes to late. */
const SHARE = 0.95;
/** The part to follow an earlier plan with: what was free then is never quite what is free now. */
const FOLLOWED_SHARE = 0.98;
/** A plane of numbers, a pixel. */
const PLANE = Float32Array.BYTES_PER_ELEMENT;
/** A picture or a vector of the optimiser, a pixel. */
const VECTOR = 3 * PLANE;
/** The picture before and after, and what waits to be collected. */
const OTHER_VECTORS = 2;
/** Histories to fall back on. */
const SHORTER_HISTORIES = [16, 12, 8, BANK_PAIRS, 2, 1];
/**
 * The shortest history that a picture is looked at whole with, unless a shorter one was asked for: blocks take half as long
 * again, and what a shorter memory costs was measured with the default preset alone.
 */
const WHOLE_HISTORY = 4;
/**
 * A longer history may make an evaluation in blocks this much more expensive, and no more: with the default preset it
 * gains next to nothing (docs/preset.md).
 */
const WORTH_A_HISTORY = 1.1;
/** In blocks: forward once more than backward and forward, which take three times as long. */
const TWO_PASSES = 4 / 3;
/** The side of a picture large enough to show what a pixel costs. */
const PROBE = 256;

/**
 * Plans the work at one size: whole where there is room, else in blocks; with the longest history for which an evaluation
 * is hardly dearer than with the shortest.
 * @param available bytes that the process may use.
 * @param held bytes of pictures that are there all the while.
 * @throws ImpastoError naming the largest size that would do.
 */
export function planMemory(size: Size, work: Work, available: number, held = 0): Plan {
  const { optimizer } = work.settings;
  const costs = costsOf(work, held);
  const plan = bestPlan(size, optimizer, costs, available);
  if (plan !== undefined) return plan;
  throw refusal(size, optimizer, costs, available, work.network.standsIn);
}

/**
 * Makes sure that a plan that was made before can be followed, for another would give another picture.
 * @param looked the most pixels of the pictures that are looked at.
 * @throws ImpastoError when there is less memory than it was made for, or the device takes less in one piece.
 */
export function checkPlan(
  size: Size,
  { mostPixels, optimizer }: Pick<Plan, "mostPixels" | "optimizer">,
  looked: number,
  work: Work,
  available: number,
  held = 0,
): void {
  const costs = costsOf(work, held);
  const pixels = size.width * size.height;
  const atOnce = Math.min(mostPixels, Math.max(looked, costs.leastPixels));
  const inBlocks = pixels > mostPixels ? pixels * VECTOR : 0;
  const left = FOLLOWED_SHARE * available - residentBytes(pixels, optimizer, costs) - inBlocks;
  if (atOnce <= pixelsWithin(left, costs)) return;
  if (atOnce > costs.mostAtOnce) {
    throw new ImpastoError(
      `${size.width}×${size.height} was planned for larger parts than this device takes in one piece, and in smaller ones the picture would be another: compute where it was planned, or begin anew.`,
    );
  }
  throw new ImpastoError(
    `${size.width}×${size.height} was planned for more memory than the ${Math.floor(available / 1e6)} MB that are there, and with less the picture would be another: allow more, or begin anew.`,
  );
}

/**
 * The least that may be looked at at once for pictures of these sizes to be divided just as they are with `mostPixels`.
 * @param layers the layers that are asked for, together: each picture is looked at for some of them at a time.
 */
export function pixelsNeeded(
  sizes: readonly Size[],
  mostPixels: number,
  layers: readonly (readonly Layer[])[],
): number {
  return Math.max(
    ...sizes.flatMap((size) => {
      const pixels = size.width * size.height;
      if (pixels <= mostPixels) return [pixels];
      return layers.map((some) => {
        const { region } = partition(size, some, mostPixels);
        return region.width * region.height;
      });
    }),
  );
}

/** How many pixels one evaluation looks at: in blocks, their margins and the first pass come on top of the picture's. */
export function pixelsSeen(size: Size, mostPixels: number, layers: readonly Layer[]): number {
  const pixels = size.width * size.height;
  if (pixels <= mostPixels) return pixels;
  const { region, blocks } = partition(size, layers, mostPixels);
  return TWO_PASSES * blocks.length * region.width * region.height;
}

function bestPlan(
  size: Size,
  optimizer: OptimizerSettings,
  costs: Costs,
  available: number,
): Plan | undefined {
  const plans = optimizersLike(optimizer).flatMap((one) => {
    const goodWhole = one === optimizer || (one.kind === "lbfgs" && one.history >= WHOLE_HISTORY);
    return planWith(one, size, costs, available, goodWhole) ?? [];
  });
  const least = Math.min(...plans.map(({ pixelsSeen }) => pixelsSeen));
  return plans.find(({ pixelsSeen }) => pixelsSeen <= WORTH_A_HISTORY * least);
}

/** The work with an optimiser as it is; undefined where even the smallest blocks are too large. */
function planWith(
  optimizer: OptimizerSettings,
  size: Size,
  costs: Costs,
  available: number,
  goodWhole: boolean,
): Plan | undefined {
  const pixels = size.width * size.height;
  const left = SHARE * available - residentBytes(pixels, optimizer, costs);
  const whole = pixelsWithin(left, costs);
  // A larger painting is looked at in blocks even then.
  if (goodWhole && whole >= Math.max(pixels, costs.leastPixels)) {
    return { mostPixels: whole, pixelsSeen: pixels, optimizer };
  }
  // One block of the whole picture would be the whole picture, for which the history is too short.
  const mostPixels = Math.min(pixelsWithin(left - pixels * VECTOR, costs), pixels - 1);
  if (mostPixels < costs.leastPixels) return undefined;
  return { mostPixels, pixelsSeen: pixelsSeen(size, mostPixels, costs.layers), optimizer };
}

/** How many pixels can be looked at at once in so many bytes, smoothly or in steps, and on the device. */
function pixelsWithin(bytes: number, { activations, mostAtOnce }: Costs): number {
  const smooth = Math.min(bytes, SMOOTH.steps * STEP) / (SMOOTH.factor * activations);
  const steps = Math.floor(bytes / (STEPPED.touched * STEP));
  const within = steps > SMOOTH.steps ? (steps * STEP) / (STEPPED.factor * activations) : smooth;
  return Math.min(within, mostAtOnce);
}

/** The optimiser, then the same with shorter histories. */
const optimizersLike = (optimizer: OptimizerSettings): readonly OptimizerSettings[] =>
  optimizer.kind === "adam"
    ? [optimizer]
    : [
        optimizer,
        ...SHORTER_HISTORIES.filter((history) => history < optimizer.history).map((history) => ({
          ...optimizer,
          history,
        })),
      ];

/** What is there between two evaluations. */
const residentBytes = (pixels: number, optimizer: OptimizerSettings, costs: Costs): number =>
  costs.fixed + pixels * (costs.targets + VECTOR * (costs.copies * vectorsOf(optimizer) + OTHER_VECTORS));

/** The optimiser's vectors, and the best point's copy where that is not the last. */
function vectorsOf(optimizer: OptimizerSettings): number {
  if (optimizer.kind === "adam") return 5;
  return storedVectors(optimizer.history) + (neverGoesUp(optimizer) ? 4 : 5);
}

/** Reads off the graph what a network costs. */
function costsOf({ network, settings, terms, copied = false, limits = {} }: Work, held: number): Costs {
  const layers = layersOf(terms);
  const features = featuresOf(input("probe", [1, 3, PROBE, PROBE]), layers, { network, settings });
  const tensors = topologicalOrder(layers.map((layer) => featuresAt(features, layer).tensor));
  const bytesOf = (some: readonly { readonly shape: readonly number[] }[]): number =>
    some.reduce((sum, { shape }) => sum + sizeOf(shape) * Float32Array.BYTES_PER_ELEMENT, 0);
  const weighed = terms.flatMap((term) =>
    term.over === "averages" && term.masked ? [featuresAt(features, term.layer).tensor] : [],
  );
  const made = tensors.filter(({ leaf }) => leaf === undefined);
  const activations = bytesOf([...made, ...weighed]) / PROBE ** 2;
  const largest = Math.max(VECTOR, ...made.map((tensor) => bytesOf([tensor]) / PROBE ** 2));
  const weights = bytesOf(tensors.filter(({ leaf }) => leaf && "constant" in leaf));
  const inFull = throughHeads(features);
  const maps = terms.flatMap((term) =>
    term.over === "positions" && term.target ? [featuresAt(inFull, term.target).tensor] : [],
  );
  const targets = bytesOf(maps) / PROBE ** 2;
  return {
    fixed: PROCESS_BYTES + WEIGHTS_FACTOR * weights + held,
    activations,
    largest,
    mostAtOnce: Math.floor((limits.tensor ?? Number.POSITIVE_INFINITY) / largest),
    targets,
    layers,
    leastPixels: leastRegion(layers),
    copies: copied ? 2 : 1,
  };
}

function refusal(
  size: Size,
  optimizer: OptimizerSettings,
  costs: Costs,
  available: number,
  standsIn: boolean,
): ImpastoError {
  if (costs.mostAtOnce < costs.leastPixels) {
    return new ImpastoError(
      `The device takes ${amount(costs.mostAtOnce * costs.largest, Math.floor)} in one piece, and the smallest part of a picture needs ${amount(costs.leastPixels * costs.largest, Math.ceil)}: compute on another, such as cpu.`,
    );
  }
  const longest = Math.max(size.width, size.height);
  const shrunk = (side: number): Size => ({
    width: Math.ceil((size.width * side) / longest),
    height: Math.ceil((size.height * side) / longest),
  });
  let [fits, tooLarge] = [0, longest];
  while (tooLarge - fits > 1) {
    const side = Math.floor((fits + tooLarge) / 2);
    if (bestPlan(shrunk(side), optimizer, costs, available)) fits = side;
    else tooLarge = side;
  }
  const least = required(optimizersLike(optimizer).at(-1), "shortest history");
  const onePass = costs.leastPixels * SMOOTH.factor * costs.activations;
  const needed = (pixels: number): number =>
    (residentBytes(pixels, least, costs) + pixels * VECTOR + onePass) / SHARE;
  const own = needed(size.width * size.height);
  if (fits < SHORTEST_SIDE) {
    const any = needAndHave(needed(SHORTEST_SIDE ** 2), available);
    const advice = standsIn ? "allow more" : "use the built-in network, or allow more";
    return new MemoryError(`Any picture needs ${any}: ${advice}.`, own);
  }
  return new MemoryError(
    `A picture of ${size.width}×${size.height} needs ${needAndHave(own, available)}: take a size of ${fits} at most.`,
    own,
    fits,
  );
}

/**
 * The bytes that the process takes at one size with a plan for it.
 * @param looked the most pixels of the pictures that are looked at.
 */
export function memoryNeeded(
  size: Size,
  { mostPixels, optimizer }: Pick<Plan, "mostPixels" | "optimizer">,
  looked: number,
  work: Work,
  held = 0,
): number {
  const costs = costsOf(work, held);
  const pixels = size.width * size.height;
  const atOnce = Math.max(costs.leastPixels, Math.min(mostPixels, looked));
  const inBlocks = pixels > mostPixels ? pixels * VECTOR : 0;
  return residentBytes(pixels, optimizer, costs) + inBlocks + bytesWithin(atOnce, costs);
}

/** What it takes to look at so many pixels at once: {@link pixelsWithin} the other way around. */
function bytesWithin(pixels: number, { activations }: Costs): number {
  const smooth = SMOOTH.factor * activations * pixels;
  if (smooth <= SMOOTH.steps * STEP) return smooth;
  const steps = Math.max(SMOOTH.steps + 1, Math.ceil((STEPPED.factor * activations * pixels) / STEP));
  return steps * STEPPED.touched * STEP;
}

const needAndHave = (need: number, have: number): string =>
  `about ${amount(need, Math.ceil)} of memory and ${amount(have, Math.floor)} are there`;

const amount = (bytes: number, round: (value: number) => number): string =>
  bytes < 1e9 ? `${round(bytes / 1e6)} MB` : `${round(bytes / 1e8) / 10} GB`;

/** A picture, or what is known of one that is still to be read. */
export interface HeldPicture extends Size {
  /** There where some of it is transparent. */
  readonly alpha?: unknown;
}

/** What the pictures take that are there all the while, with another of each without its alpha. */
export const heldBytes = (pictures: readonly HeldPicture[]): number =>
  pictures.reduce(
    (sum, { width, height, alpha }) => sum + width * height * (alpha ? 2 * VECTOR + PLANE : VECTOR),
    0,
  );
