/**
 * L-BFGS (Liu and Nocedal 1989) in two manners that share their history: PyTorch's, which takes every step unseen, and
 * a safeguarded one, which never goes up. The direction is −H·g, H built from the last pairs of steps and gradient
 * changes (history.ts).
 * @module
 */
import type { Lbfgs } from "./lbfgs-options.ts";
import { type PytorchLbfgsOptions, pytorchLbfgs } from "./pytorch-lbfgs.ts";
import { type SafeguardedLbfgsOptions, safeguardedLbfgs } from "./safeguarded-lbfgs.ts";

export type LbfgsOptions = PytorchLbfgsOptions | SafeguardedLbfgsOptions;

/**
 * Makes an L-BFGS optimiser.
 * @param start where to begin; copied.
 * @throws {MisuseError} for an option outside its range.
 * @example
 * const optimizer = lbfgs(pixels, { manner: "safeguarded", history: 20, firstStep: 0.05, noise: 1e-6 });
 */
export function lbfgs(start: Float32Array, options: LbfgsOptions): Lbfgs {
  return options.manner === "pytorch" ? pytorchLbfgs(start, options) : safeguardedLbfgs(start, options);
}
