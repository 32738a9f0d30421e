/**
 * Adam (Kingma and Ba, 2015), with PyTorch's placing of ε outside the root:
 * m ← β₁m + (1−β₁)g, v ← β₂v + (1−β₂)g², x ← x − η · (m / (1−β₁ᵗ)) / (√(v / (1−β₂ᵗ)) + ε).
 * The moments are plain data, so that a coarse-to-fine schedule may resample them for the next size.
 * @module
 */
import { MisuseError } from "../errors.ts";
import { hostVectors } from "./host-vectors.ts";
import type { Optimizer, Points } from "./optimizer.ts";
import type { Vectors } from "./vectors.ts";

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
  readonly steps: number;
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
  const points = { point: start.slice(), accepted: start.slice() };
  const first = moments?.first.slice() ?? new Float32Array(start.length);
  const second = moments?.second.slice() ?? new Float32Array(start.length);
  const memory = { ...points, first, second, steps: moments?.steps ?? 0 };
  const optimizer = adamWith(hostVectors(start.length), memory, options);
  return {
    ...optimizer,
    get moments() {
      return { first: first.slice(), second: second.slice(), steps: memory.steps };
    },
  };
}

/** What Adam works on. */
export interface AdamMemory<Vector> extends Points<Vector> {
  readonly first: Vector;
  readonly second: Vector;
  steps: number;
}

/**
 * Adam on vectors, wherever they are.
 * @param memory where to go on; from then on it is the optimiser's.
 * @throws {MisuseError} for a number outside its range, or vectors that have not one length.
 */
export function adamWith<Vector>(
  vectors: Vectors<Vector>,
  memory: AdamMemory<Vector>,
  options: Omit<AdamOptions, "moments">,
): Optimizer<AdamState, Vector> {
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
  const { point, accepted, first, second } = memory;
  for (const [name, vector] of Object.entries({ point, accepted, first, second })) {
    vectors.check(name, vector);
  }

  return {
    point,
    accepted,
    stalled: false,
    async tell(_loss, gradient) {
      vectors.check("gradient", gradient);
      await vectors.copy(point, accepted);
      memory.steps += 1;
      const { steps } = memory;
      const rate = (typeof learningRate === "number" ? learningRate : learningRate()) / (1 - beta1 ** steps);
      const correction = 1 / Math.sqrt(1 - beta2 ** steps);
      await vectors.adam(gradient, { beta1, beta2, rate, correction, epsilon }, first, second, point);
      return true;
    },
    state: async () => ({
      kind: "adam",
      point: await vectors.read(point),
      accepted: await vectors.read(accepted),
      first: await vectors.read(first),
      second: await vectors.read(second),
      steps: memory.steps,
    }),
    release() {
      for (const vector of [point, accepted, first, second]) vectors.release(vector);
    },
  };
}

function check(name: string, value: number, expected: string, holds: boolean): void {
  if (!holds) throw new MisuseError(`Expected ${expected} for ${name} but received ${value}`);
}
