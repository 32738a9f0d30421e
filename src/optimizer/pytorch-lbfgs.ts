/**
 * L-BFGS as `torch.optim.LBFGS` does it with learning rate 1, no line search and no tolerances: the first step is
 * −g·min(1, 1/‖g‖₁), every other is −H·g, and each is taken unseen. A pair is kept if s·y > 10⁻¹⁰.
 * It may diverge; it is here because neural-style's pictures are made with it.
 * @module
 */
import { requireSameLength } from "./checks.ts";
import { History } from "./history.ts";
import { pairProducts } from "./kernels.ts";
import type { HistoryOptions, Lbfgs } from "./lbfgs-options.ts";

const LEAST_CURVATURE = 1e-10;

/** `torch.optim.LBFGS` without a line search, learning rate 1, both tolerances off. */
export interface PytorchLbfgsOptions extends HistoryOptions {
  readonly manner: "pytorch";
}

/** Makes the optimiser; see lbfgs.ts. */
export function pytorchLbfgs(start: Float32Array, options: PytorchLbfgsOptions): Lbfgs {
  const history = new History(start.length, options.history);
  const point = start.slice();
  const accepted = start.slice();
  const previous = new Float32Array(start.length);
  /** The direction, times the length of the step: the s of the pair to come. */
  const step = new Float32Array(start.length);
  let begun = false;

  return {
    point,
    accepted,
    stalled: false,
    tell(_loss, gradient) {
      requireSameLength("gradient", gradient, start);
      accepted.set(point);
      if (begun) {
        const curvature = pairProducts(step, gradient, previous);
        if (curvature.sy > LEAST_CURVATURE) history.keep(step, gradient, previous, curvature);
      }
      history.direction(gradient, step);
      const length = begun ? 1 : Math.min(1, 1 / absoluteSum(gradient));
      for (let i = 0; i < step.length; i++) {
        step[i] *= length;
        point[i] += step[i];
      }
      previous.set(gradient);
      begun = true;
      return true;
    },
  };
}

function absoluteSum(values: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += Math.abs(values[i]);
  return sum;
}
