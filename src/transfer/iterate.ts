/**
 * What is told of each step. One record feeds the command line, the studio and the library.
 * @module
 */
import type { Picture } from "../image/picture.ts";
import type { Size } from "../image/size.ts";
import type { LossReport } from "./objective.ts";
import type { OptimizerSettings } from "./preset.ts";

/** The state after one evaluation. */
export interface Iterate {
  /** The size being worked at: its number, from 1, among how many, and its pixels. */
  readonly scale: number;
  readonly scales: number;
  readonly size: Size;
  /** Evaluations made and planned at this size. */
  readonly evaluation: number;
  readonly evaluations: number;
  /** The losses at the last accepted point. */
  readonly loss: LossReport;
  readonly secondsElapsed: number;
  /** An estimate from the time that evaluations have taken of late; undefined for the first few where they are quick. */
  readonly secondsLeft: number | undefined;
  /** The picture as it is now, opaque and of this size. */
  picture(): Picture;
}

/** What comes of a transfer. */
export interface Stylization {
  readonly picture: Picture;
  /** The losses at the last accepted point, or the best one if stopped, before pixels were clamped. */
  readonly loss: LossReport;
  /** Evaluations made at all sizes. */
  readonly evaluations: number;
  readonly seconds: number;
  /** Seconds per evaluation at the last size reached, the optimiser's own arithmetic included. */
  readonly secondsPerEvaluation: number;
  /** The optimiser as it was used at the last size: with a shorter history where memory asked for it. */
  readonly optimizer: OptimizerSettings;
  /** Whether it was stopped before its end. */
  readonly stopped: boolean;
}
