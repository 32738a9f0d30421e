/**
 * How long the rest of a transfer will take, from how long the evaluations so far have taken.
 * @module
 */
import type { Size } from "../image/size.ts";
import type { StyleMeasureName } from "./terms/style.ts";

/** A size that is being or will be worked at, as far as it takes time. */
export interface ScaleCost {
  readonly size: Size;
  readonly iterations: number;
  /** The pixels that one evaluation looks at: more than the size has where it is done in blocks. */
  readonly pixelsSeen: number;
}

/**
 * What an evaluation costs whatever its size, in pixels' worth: mostly the roots of covariance matrices, which are larger
 * with VGG-19. Measured.
 */
const OVERHEAD: Readonly<Record<StyleMeasureName, { readonly small: number; readonly large: number }>> = {
  gram: { small: 4_000, large: 4_000 },
  gaussian: { small: 13_000, large: 30_000 },
};

/** What it takes to begin at a size, targets and compiling, in evaluations' worth. Measured. */
const BEGINNING = 4;
/** The same in blocks, where compiling is nothing beside the evaluations. */
const BEGINNING_IN_BLOCKS = 1;

/** How much the latest evaluation counts in the pace, at least: the first ones at a size count more. */
const LATEST = 0.05;

/** How many times longer than expected an evaluation can seem: in one that took hours the machine was asleep. */
const LONGEST = 3;

/**
 * A run's first evaluations are slowed by warming up, most of all the very first. What each of them must take, in seconds,
 * to say something of the others all the same.
 */
const WARMING_UP = [5, 0.5, 0.5];

/** At the first size the pace is the best of so many evaluations: whatever still warms up only makes them slower. */
const BEST_OF = 8;

/** What an evaluation at each size costs, and all that is to be done there: in pixels that are looked at. */
export interface Pixels {
  readonly evaluation: number;
  readonly all: number;
}

/** What a run costs, size by size. Seconds follow, once it is known how long such a pixel takes somewhere. */
export const pixelsToSee = (
  scales: readonly ScaleCost[],
  measure: StyleMeasureName,
  standsIn: boolean,
): readonly Pixels[] =>
  scales.map((scale) => {
    const evaluation = scale.pixelsSeen + OVERHEAD[measure][standsIn ? "small" : "large"];
    return { evaluation, all: evaluation * (scale.iterations + beginning(scale)) };
  });

/** Estimates the time left as evaluations are made. */
export class TimeLeft {
  readonly #scales: readonly ScaleCost[];
  readonly #overhead: number;
  /** Seconds a unit of cost: the best of the first few, then a running average. */
  #pace: number | undefined;

  /** @param standsIn whether a smaller network stands in for VGG-19. */
  constructor(scales: readonly ScaleCost[], measure: StyleMeasureName, standsIn: boolean) {
    this.#scales = scales;
    this.#overhead = OVERHEAD[measure][standsIn ? "small" : "large"];
  }

  /**
   * Takes in one evaluation, and estimates the seconds left after it.
   * @param index the scale at which it was made, from 0.
   * @param evaluation its number there, from 1.
   * @param seconds how long it took.
   * @returns undefined as long as the run only warms up.
   */
  after(index: number, evaluation: number, seconds: number): number | undefined {
    const here = this.#scales[index];
    if (here === undefined) return 0;
    const pace = seconds / this.#cost(here);
    if (this.#pace === undefined) this.#pace = pace;
    else if (index === 0 && evaluation <= BEST_OF) this.#pace = Math.min(this.#pace, pace);
    // The first at a size takes memory: it says little of those to come, unless it is many blocks.
    else if (evaluation > 1 || inBlocks(here)) {
      this.#pace += weight(evaluation) * (Math.min(pace, LONGEST * this.#pace) - this.#pace);
    }
    const later = this.#scales
      .slice(index + 1)
      .reduce((sum, scale) => sum + (scale.iterations + beginning(scale)) * this.#cost(scale), 0);
    const left = this.#pace * ((here.iterations - evaluation) * this.#cost(here) + later);
    const warmingUp = index === 0 && seconds < (WARMING_UP[evaluation - 1] ?? 0);
    return warmingUp && left > 0 ? undefined : left;
  }

  #cost({ pixelsSeen }: ScaleCost): number {
    return pixelsSeen + this.#overhead;
  }
}

/** The first evaluations at a size count more, so that a pace that was wrong is soon put right. */
const weight = (evaluation: number): number => Math.max(LATEST, 1 / (evaluation + 1));

const inBlocks = ({ size: { width, height }, pixelsSeen }: ScaleCost): boolean => pixelsSeen > width * height;

const beginning = (scale: ScaleCost): number => (inBlocks(scale) ? BEGINNING_IN_BLOCKS : BEGINNING);
