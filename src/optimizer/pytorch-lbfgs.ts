/**
 * L-BFGS as `torch.optim.LBFGS` does it with learning rate 1, no line search and no tolerances: the first step is
 * −g·min(1, 1/‖g‖₁), every other is −H·g, and each is taken unseen. A pair is kept if s·y > 10⁻¹⁰.
 * It may diverge; it is here because neural-style's pictures are made with it.
 * @module
 */
import { requireSameLength } from "./checks.ts";
import { History } from "./history.ts";
import type { Lbfgs, MemoryOptions } from "./memory.ts";

const LEAST_CURVATURE = 1e-10;

/** `torch.optim.LBFGS` without a line search, learning rate 1, both tolerances off. */
export interface PytorchLbfgsOptions extends MemoryOptions {
  readonly manner: "pytorch";
}

/** Makes the optimiser; see lbfgs.ts. With a memory to begin with, there is no short first step. */
export function pytorchLbfgs(start: Float32Array, options: PytorchLbfgsOptions): Lbfgs {
  const history = new History(start.length, options.history, options.memory);
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
    get memory() {
      return history.pairs;
    },
    tell(_loss, gradient) {
      requireSameLength("gradient", gradient, start);
      accepted.set(point);
      if (begun) history.offer(step, gradient, previous, ({ sy }) => sy > LEAST_CURVATURE);
      const first = !begun && history.count === 0;
      history.direction(gradient, step);
      const length = first ? Math.min(1, 1 / absoluteSum(gradient)) : 1;
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
