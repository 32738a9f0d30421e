/**
 * How long the rest of a transfer will take, from how long the evaluations so far have taken.
 * @module
 */
import type { Size } from "../image/size.ts";
import type { StyleMeasureName } from "./preset.ts";

/** A size that is being or will be worked at. */
export interface PlannedScale {
  readonly size: Size;
  readonly iterations: number;
  /** The pixels that one evaluation looks at: more than the size has where it is done in blocks. */
  readonly pixels?: number;
}

/** What has been done at the size being worked at. */
export interface Done {
  readonly evaluation: number;
  /** Seconds that these evaluations took. */
  readonly seconds: number;
}

/** What an evaluation costs whatever its size, in pixels' worth: mostly the roots of covariance matrices. Measured. */
const OVERHEAD: Readonly<Record<StyleMeasureName, number>> = { gram: 4_000, gaussian: 25_000 };

/** What it takes to begin at a size, targets and compiling, in evaluations' worth. Measured. */
const BEGINNING = 4;
/** The same in blocks, where compiling is nothing beside the evaluations. */
const BEGINNING_IN_BLOCKS = 1;

const cost = ({ size, pixels = size.width * size.height }: PlannedScale, measure: StyleMeasureName): number =>
  pixels + OVERHEAD[measure];

const beginning = ({ size: { width, height }, pixels = 0 }: PlannedScale): number =>
  pixels > width * height ? BEGINNING_IN_BLOCKS : BEGINNING;

/** Estimates the seconds left, from the size being worked at, `here`, to those that are still to come. */
export function secondsLeft(
  { evaluation, seconds }: Done,
  [here, ...coming]: readonly PlannedScale[],
  measure: StyleMeasureName,
): number {
  if (here === undefined) return 0;
  const secondsPerCost = seconds / evaluation / cost(here, measure);
  const later = coming.reduce(
    (sum, scale) => sum + (scale.iterations + beginning(scale)) * cost(scale, measure),
    (here.iterations - evaluation) * cost(here, measure),
  );
  return secondsPerCost * later;
}
