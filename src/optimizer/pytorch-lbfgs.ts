/**
 * L-BFGS as `torch.optim.LBFGS` does it with learning rate 1, no line search and no tolerances: the first step is
 * −g·min(1, 1/‖g‖₁), every other is −H·g, and each is taken unseen. A pair is kept if s·y > 10⁻¹⁰.
 * It may diverge; it is here because neural-style's pictures are made with it.
 * @module
 */
import { emptyHistory, History, type HistoryOptions, type HistoryState } from "./history.ts";
import { pairProducts } from "./kernels.ts";
import { type Optimizer, type Points, requireSameLength } from "./optimizer.ts";

const LEAST_CURVATURE = 1e-10;

/** `torch.optim.LBFGS` without a line search, learning rate 1, both tolerances off. */
export interface PytorchLbfgsOptions extends HistoryOptions {
  readonly manner: "pytorch";
}

/** All that it remembers. */
export interface PytorchLbfgsState extends Points {
  readonly kind: "pytorch-lbfgs";
  /** The gradient before the one to come. */
  readonly previous: Float32Array;
  /** The direction, times the length of the step: the s of the pair to come. */
  readonly step: Float32Array;
  readonly history: HistoryState;
  begun: boolean;
}

/**
 * Makes the optimiser. Every point that it is told of becomes the accepted one.
 * @param start where to begin; copied.
 * @throws {MisuseError} for an option outside its range.
 */
export const pytorchLbfgs = (
  start: Float32Array,
  { history }: PytorchLbfgsOptions,
): Optimizer<PytorchLbfgsState> =>
  resumePytorchLbfgs({
    kind: "pytorch-lbfgs",
    point: start.slice(),
    accepted: start.slice(),
    previous: new Float32Array(start.length),
    step: new Float32Array(start.length),
    history: emptyHistory(history),
    begun: false,
  });

/**
 * Goes on from a state, which from then on is the optimiser's.
 * @throws {MisuseError} for arrays that have not one length.
 */
export function resumePytorchLbfgs(state: PytorchLbfgsState): Optimizer<PytorchLbfgsState> {
  const { point, accepted, previous, step } = state;
  for (const [name, array] of Object.entries({ accepted, previous, step })) {
    requireSameLength(name, array, point);
  }
  const history = new History(point.length, state.history);

  return {
    state,
    point,
    accepted,
    stalled: false,
    tell(_loss, gradient) {
      requireSameLength("gradient", gradient, point);
      accepted.set(point);
      if (state.begun) {
        const curvature = pairProducts(step, gradient, previous);
        if (curvature.sy > LEAST_CURVATURE) history.keep(step, gradient, previous, curvature);
      }
      history.direction(gradient, step);
      const length = state.begun ? 1 : Math.min(1, 1 / absoluteSum(gradient));
      for (let i = 0; i < step.length; i++) {
        step[i] *= length;
        point[i] += step[i];
      }
      previous.set(gradient);
      state.begun = true;
      return true;
    },
  };
}

function absoluteSum(values: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += Math.abs(values[i]);
  return sum;
}
