/**
 * The optimisers as one choice: begun at a point, or resumed from what one remembered.
 * @module
 */
import { MisuseError } from "../errors.ts";
import { type AdamState, adam, resumeAdam } from "./adam.ts";
import type { Optimizer } from "./optimizer.ts";
import { type PytorchLbfgsState, pytorchLbfgs, resumePytorchLbfgs } from "./pytorch-lbfgs.ts";
import { resumeSafeguardedLbfgs, type SafeguardedLbfgsState, safeguardedLbfgs } from "./safeguarded-lbfgs.ts";

/** An optimiser and its settings, in the units of the variables. */
export type OptimizerSettings =
  | { readonly kind: "lbfgs"; readonly manner: "pytorch"; readonly history: number }
  | {
      readonly kind: "lbfgs";
      readonly manner: "safeguarded";
      readonly history: number;
      /** The largest change of one variable in the first trial. */
      readonly firstStep: number;
    }
  | { readonly kind: "adam"; readonly learningRate: number; readonly beta1: number; readonly beta2: number };

/** What an optimiser remembers. */
export type OptimizerState = AdamState | PytorchLbfgsState | SafeguardedLbfgsState;

/** How far rounding in float32 may move a loss, relative to its size. */
const NOISE = 1e-6;
const ADAM_EPSILON = 1e-8;

/** Begins at a point, which is copied. @throws {MisuseError} for a setting outside its range. */
export function createOptimizer(start: Float32Array, settings: OptimizerSettings): Optimizer<OptimizerState> {
  if (settings.kind === "adam") return adam(start, { ...settings, epsilon: ADAM_EPSILON });
  return settings.manner === "pytorch"
    ? pytorchLbfgs(start, settings)
    : safeguardedLbfgs(start, { ...settings, noise: NOISE });
}

/**
 * Goes on from a state, which from then on is the optimiser's.
 * @throws {MisuseError} when it is that of another optimiser, or contradicts itself.
 */
export function resumeOptimizer(
  state: OptimizerState,
  settings: OptimizerSettings,
): Optimizer<OptimizerState> {
  if (settings.kind === "adam" && state.kind === "adam") {
    return resumeAdam(state, { ...settings, epsilon: ADAM_EPSILON });
  }
  if (settings.kind === "lbfgs" && settings.history ** 2 === historyOf(state)?.sy.length) {
    if (settings.manner === "pytorch" && state.kind === "pytorch-lbfgs") return resumePytorchLbfgs(state);
    if (settings.manner === "safeguarded" && state.kind === "safeguarded-lbfgs") {
      return resumeSafeguardedLbfgs(state, { ...settings, noise: NOISE });
    }
  }
  throw new MisuseError(`Expected the state of the optimizer in use but received that of ${state.kind}`);
}

const historyOf = (state: OptimizerState) => ("history" in state ? state.history : undefined);

/** Whether the last accepted point is always the best. */
export const neverGoesUp = (settings: OptimizerSettings): boolean =>
  settings.kind === "lbfgs" && settings.manner === "safeguarded";
