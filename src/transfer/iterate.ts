/**
 * What is told of each step. One record feeds the command line, the studio and the library.
 * @module
 */
import { MisuseError } from "../errors.ts";
import type { Picture } from "../image/picture.ts";
import type { Size } from "../image/size.ts";
import type { LossReport } from "./objective.ts";
import type { RunState } from "./run-state.ts";
import type { PlannedScale } from "./schedule.ts";

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
  /**
   * The picture at this evaluation, opaque and of this size; the caller's to keep.
   * @throws MisuseError when it is asked for after the run has gone on.
   */
  picture(): Promise<Picture>;
  /**
   * All that it takes to go on from here; the caller's to keep.
   * @throws MisuseError when it is asked for after the run has gone on.
   */
  state(): Promise<RunState>;
}

/** Fails once the run has gone on from an iterate. @throws MisuseError */
export function requireCurrent(current: boolean, evaluation: number, what: string): void {
  if (current) return;
  throw new MisuseError(
    `The ${what} of evaluation ${evaluation} is gone, for the run has gone on: ask for it before the next step.`,
  );
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
  /** The sizes it was to work through, and how much of a picture it was to look at at once. */
  readonly plan: readonly PlannedScale[];
  /** Whether what the terms count was changed on the way. */
  readonly steered: boolean;
  /** Whether it was stopped before its end. */
  readonly stopped: boolean;
}
