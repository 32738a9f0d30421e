/**
 * The optimisers as one choice: begun at a point, or resumed from what one remembered.
 * @module
 */
import { MisuseError } from "../errors.ts";
import { type AdamOptions, type AdamState, adamWith } from "./adam.ts";
import { emptyHistory } from "./history.ts";
import { hostVectors } from "./host-vectors.ts";
import type { Optimizer } from "./optimizer.ts";
import { type PytorchLbfgsState, pytorchLbfgs } from "./pytorch-lbfgs.ts";
import { newSearch, type SafeguardedLbfgsState, safeguardedLbfgs } from "./safeguarded-lbfgs.ts";
import type { Vectors } from "./vectors.ts";

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
export const createOptimizer = (
  start: Float32Array,
  settings: OptimizerSettings,
): Promise<Optimizer<OptimizerState>> => createOptimizerOn(hostVectors(start.length), start, settings);

/** As {@link createOptimizer}, with vectors wherever they are. */
export async function createOptimizerOn<Vector>(
  vectors: Vectors<Vector>,
  start: Vector,
  settings: OptimizerSettings,
): Promise<Optimizer<OptimizerState, Vector>> {
  vectors.check("start", start);
  const points = { point: await vectors.copyOf(start), accepted: await vectors.copyOf(start) };
  const [one, other] = [await vectors.zeros(), await vectors.zeros()];
  if (settings.kind === "adam") {
    return adamWith(vectors, { ...points, first: one, second: other, steps: 0 }, adamOptions(settings));
  }
  const history = emptyHistory(settings.history);
  if (settings.manner === "pytorch") {
    return pytorchLbfgs(vectors, { ...points, previous: one, step: other, history, begun: false });
  }
  const memory = { ...points, gradient: one, direction: other, history, search: newSearch() };
  return safeguardedLbfgs(vectors, memory, { ...settings, noise: NOISE });
}

/**
 * Goes on from a state, whose arrays may be the optimiser's from then on.
 * @throws {MisuseError} when it is that of another optimiser, or contradicts itself.
 */
export const resumeOptimizer = (
  state: OptimizerState,
  settings: OptimizerSettings,
): Promise<Optimizer<OptimizerState>> => resumeOptimizerOn(hostVectors(state.point.length), state, settings);

/** As {@link resumeOptimizer}, with vectors wherever they are. */
export async function resumeOptimizerOn<Vector>(
  vectors: Vectors<Vector>,
  state: OptimizerState,
  settings: OptimizerSettings,
): Promise<Optimizer<OptimizerState, Vector>> {
  const points = async () => ({
    point: await vectors.adopt(state.point),
    accepted: await vectors.adopt(state.accepted),
  });
  if (state.kind === "adam" && settings.kind === "adam") {
    const moments = { first: await vectors.adopt(state.first), second: await vectors.adopt(state.second) };
    const memory = { ...(await points()), ...moments, steps: state.steps };
    return adamWith(vectors, memory, adamOptions(settings));
  }
  if (settings.kind === "lbfgs" && settings.history ** 2 === historyOf(state)?.sy.length) {
    if (settings.manner === "pytorch" && state.kind === "pytorch-lbfgs") {
      const { history, begun } = state;
      const held = { previous: await vectors.adopt(state.previous), step: await vectors.adopt(state.step) };
      return pytorchLbfgs(vectors, { ...(await points()), ...held, history, begun });
    }
    if (settings.manner === "safeguarded" && state.kind === "safeguarded-lbfgs") {
      const { kind: _, point: __, accepted: ___, gradient, direction, history, ...search } = state;
      const held = { gradient: await vectors.adopt(gradient), direction: await vectors.adopt(direction) };
      const memory = { ...(await points()), ...held, history, search };
      return safeguardedLbfgs(vectors, memory, { ...settings, noise: NOISE });
    }
  }
  throw new MisuseError(`Expected the state of the optimizer in use but received that of ${state.kind}`);
}

const historyOf = (state: OptimizerState) => ("history" in state ? state.history : undefined);

const adamOptions = ({
  kind: _,
  ...options
}: OptimizerSettings & { readonly kind: "adam" }): AdamOptions => ({
  ...options,
  epsilon: ADAM_EPSILON,
});

/** Whether the last accepted point is always the best. */
export const neverGoesUp = (settings: OptimizerSettings): boolean =>
  settings.kind === "lbfgs" && settings.manner === "safeguarded";
