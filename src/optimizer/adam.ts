/**
 * Adam (Kingma and Ba, 2015), with PyTorch's placing of ε outside the root:
 * m ← β₁m + (1−β₁)g, v ← β₂v + (1−β₂)g², x ← x − η · (m / (1−β₁ᵗ)) / (√(v / (1−β₂ᵗ)) + ε).
 * The moments are plain data, so that a coarse-to-fine schedule may resample them for the next size.
 * @module
 */
import { MisuseError } from "../errors.ts";
import { type Optimizer, type Points, requireSameLength } from "./optimizer.ts";

/** What Adam remembers between steps. */
export interface AdamMoments {
  /** The running mean of the gradient, m, not yet corrected for its start at zero. */
  readonly first: Float32Array;
  /** The running mean of the squared gradient, v, not yet corrected for its start at zero. */
  readonly second: Float32Array;
  /** How many gradients have gone in, t. */
  readonly steps: number;
}

export interface AdamOptions {
  /** η, about the largest change of one variable in one step; above 0, or asked for at each step and at least 0. */
  readonly learningRate: number | (() => number);
  /** β₁, the memory of the mean gradient; in [0, 1). */
  readonly beta1: number;
  /** β₂, the memory of the mean squared gradient; in [0, 1). */
  readonly beta2: number;
  /** ε, added to the root; at least 0. */
  readonly epsilon: number;
  /** Moments to go on from; they are copied. Zeros without them. */
  readonly moments?: AdamMoments | undefined;
}

/** All that Adam remembers. */
export interface AdamState extends Points {
  readonly kind: "adam";
  /** m and v, as {@link AdamMoments} has them. */
  readonly first: Float32Array;
  readonly second: Float32Array;
  steps: number;
}

/** An {@link Optimizer} whose moments can be read out. */
export interface Adam extends Optimizer<AdamState> {
  /** A copy of the moments as they stand. */
  readonly moments: AdamMoments;
}

/**
 * Makes an Adam optimiser. Every point that it is told of becomes the accepted one.
 * @param start where to begin; copied.
 * @throws {MisuseError} for a number outside its range, or moments that have not the length of `start`.
 * @example
 * const optimizer = adam(pixels, { learningRate: 0.02, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 });
 */
export function adam(start: Float32Array, { moments, ...options }: AdamOptions): Adam {
  const state: AdamState = {
    kind: "adam",
    point: start.slice(),
    accepted: start.slice(),
    first: moments?.first.slice() ?? new Float32Array(start.length),
    second: moments?.second.slice() ?? new Float32Array(start.length),
    steps: moments?.steps ?? 0,
  };
  return resumeAdam(state, options);
}

/**
 * Goes on from a state, which from then on is the optimiser's.
 * @throws {MisuseError} for a number outside its range, or arrays that have not one length.
 */
export function resumeAdam(state: AdamState, options: Omit<AdamOptions, "moments">): Adam {
  const { learningRate, beta1, beta2, epsilon } = options;
  if (typeof learningRate === "number") {
    check(
      "learningRate",
      learningRate,
      "a finite number above 0",
      learningRate > 0 && learningRate < Infinity,
    );
  }
  check("beta1", beta1, "a number in [0, 1)", beta1 >= 0 && beta1 < 1);
  check("beta2", beta2, "a number in [0, 1)", beta2 >= 0 && beta2 < 1);
  check("epsilon", epsilon, "a finite number of at least 0", epsilon >= 0 && epsilon < Infinity);
  const { point, accepted, first, second } = state;
  for (const [name, array] of Object.entries({ accepted, first, second })) {
    requireSameLength(name, array, point);
  }

  return {
    state,
    point,
    accepted,
    stalled: false,
    get moments() {
      return { first: first.slice(), second: second.slice(), steps: state.steps };
    },
    tell(_loss, gradient) {
      requireSameLength("gradient", gradient, point);
      accepted.set(point);
      state.steps += 1;
      const { steps } = state;
      const rate = (typeof learningRate === "number" ? learningRate : learningRate()) / (1 - beta1 ** steps);
      const correction = 1 / Math.sqrt(1 - beta2 ** steps);
      for (let i = 0; i < point.length; i++) {
        const g = gradient[i];
        const m = beta1 * first[i] + (1 - beta1) * g;
        const v = beta2 * second[i] + (1 - beta2) * g * g;
        first[i] = m;
        second[i] = v;
        const denominator = Math.sqrt(v) * correction + epsilon;
        // A variable whose gradient has always been zero stays, also where ε is zero.
        if (m !== 0) point[i] -= (rate * m) / denominator;
      }
      return true;
    },
  };
}

function check(name: string, value: number, expected: string, holds: boolean): void {
  if (!holds) throw new MisuseError(`Expected ${expected} for ${name} but received ${value}`);
}
