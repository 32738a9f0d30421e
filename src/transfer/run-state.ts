/**
 * The state of a run, as plain data: with the same pictures and settings, a run goes on from it to the same picture, to
 * the last bit. Nothing random is left in it: noise is drawn before the first evaluation alone, from the seed.
 * @module
 */
import type { OptimizerState } from "../optimizer/create.ts";
import type { LossReport } from "./objective.ts";
import type { Steering } from "./options.ts";
import type { PlannedScale } from "./schedule.ts";

/** Variables and the losses there. */
export interface Place {
  /** `[3, height, width]`; not to be kept, for the optimiser may go on with it. */
  readonly variables: Float32Array;
  readonly loss: LossReport;
}

/** The state of the optimisation at one size. It is live: the next evaluation changes its arrays. */
export interface ScaleState {
  readonly evaluation: number;
  readonly optimizer: OptimizerState;
  /** The losses at the last accepted point. */
  readonly loss: LossReport;
  /** The place with the lowest loss, where the optimiser also goes up and has gone on from it. */
  readonly best?: Place | undefined;
  /** Seconds spent evaluating and stepping at this size. */
  readonly seconds: number;
}

/** The place that a state stands at. */
export const acceptedOf = ({ optimizer, loss }: ScaleState): Place => ({
  variables: optimizer.accepted,
  loss,
});

/** The best place of a state. */
export const bestOf = (state: ScaleState): Place => state.best ?? acceptedOf(state);

/** A run between two evaluations. */
export interface RunState {
  /** Tells the work from any other: a state of other settings, or of another network, is not gone on with. */
  readonly work: string;
  /** The sizes it works through, with what it may look at at once. */
  readonly plan: readonly PlannedScale[];
  /** The size being worked at, from 0. */
  readonly scale: number;
  /** Evaluations made at this size, and at those before it. */
  readonly evaluation: number;
  readonly evaluationsBefore: number;
  readonly optimizer: OptimizerState;
  /** The losses at the optimiser's accepted point. */
  readonly loss: LossReport;
  /** The place with the lowest loss at this size, where that may be another. */
  readonly best?: Place | undefined;
  /** What is to count, where that may be changed on the way. */
  readonly steering?: Steering | undefined;
  /** Seconds spent so far, and at this size; for estimates alone. */
  readonly seconds: number;
  readonly secondsHere: number;
}

/** The state of a run at one of its sizes, live. */
export const runStateOf = (
  here: ScaleState,
  run: Pick<RunState, "work" | "plan" | "scale" | "evaluationsBefore" | "seconds"> & {
    readonly steering: Steering | undefined;
  },
): RunState => {
  const { evaluation, optimizer, loss, best, seconds: secondsHere } = here;
  const { steering, ...rest } = run;
  return {
    ...rest,
    evaluation,
    optimizer,
    loss,
    ...(best === undefined ? {} : { best }),
    ...(steering === undefined ? {} : { steering }),
    secondsHere,
  };
};

/** The state of a run at its present size. */
export const scaleStateOf = ({ evaluation, optimizer, loss, best, secondsHere }: RunState): ScaleState => ({
  evaluation,
  optimizer,
  loss,
  ...(best === undefined ? {} : { best }),
  seconds: secondsHere,
});
