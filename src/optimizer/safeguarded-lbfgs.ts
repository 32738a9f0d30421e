/**
 * L-BFGS that never goes up. Each trial x + t·d, d = −H·g, begins at t = 1, as good as always the right length, and is
 * shortened until the line search (line-search.ts) accepts it. Pairs without clear positive curvature are left out;
 * a direction that fails gives up the memory for steepest descent; where that fails too, the optimiser stays put.
 * @module
 */
import { ImpastoError, MisuseError } from "../errors.ts";
import { emptyHistory, History, type HistoryOptions, type HistoryState } from "./history.ts";
import { type Curvature, trialProducts } from "./kernels.ts";
import { isGoodEnough, type SearchStart, shorterStep } from "./line-search.ts";
import { type Optimizer, type Points, requireSameLength } from "./optimizer.ts";

/** The least cosine between s and y of a pair worth keeping. */
const LEAST_COSINE = 1e-6;
/** How many trials a direction gets: few where giving up the memory is another way out, many where nothing is. */
const TRIALS = { memory: 8, steepest: 30 };
/** ‖g‖² from which a gradient counts as infinite: float32 has no room for differences of such numbers. */
const INFINITE = 1e38;

/** L-BFGS with a line search, which never accepts a higher loss. */
export interface SafeguardedLbfgsOptions extends HistoryOptions {
  readonly manner: "safeguarded";
  /** The largest change of one variable in the first trial, and in the first after the memory was given up; above 0. */
  readonly firstStep: number;
  /** How far, relative to its size, a loss may be off by rounding; 1e-6 suits float32. At least 0. */
  readonly noise: number;
}

/** All that it remembers. */
export interface SafeguardedLbfgsState extends Points {
  readonly kind: "safeguarded-lbfgs";
  /** The gradient at the accepted point. */
  readonly gradient: Float32Array;
  /** The direction of the search; for a moment after it, the step that was taken. */
  readonly direction: Float32Array;
  readonly history: HistoryState;
  /** Where the search started: φ(0), φ'(0), and the lowest loss accepted so far. */
  loss: number;
  slope: number;
  lowest: number;
  /** Whether the point is a trial, and not the accepted point itself. */
  searching: boolean;
  stalled: boolean;
  /** The trial's step, and how many have failed before it. */
  step: number;
  trials: number;
  /** The step that the next direction's first trial takes. */
  reach: number;
  /** The last known size of H, which a step of steepest descent should not exceed. */
  gamma: number;
}

/**
 * Makes the optimiser.
 * @param start where to begin; copied.
 * @throws {MisuseError} for an option outside its range.
 * @example
 * const optimizer = safeguardedLbfgs(pixels, { manner: "safeguarded", history: 20, firstStep: 0.05, noise: 1e-6 });
 */
export const safeguardedLbfgs = (
  start: Float32Array,
  options: SafeguardedLbfgsOptions,
): Optimizer<SafeguardedLbfgsState> =>
  resumeSafeguardedLbfgs(
    {
      kind: "safeguarded-lbfgs",
      point: start.slice(),
      accepted: start.slice(),
      gradient: new Float32Array(start.length),
      direction: new Float32Array(start.length),
      history: emptyHistory(options.history),
      loss: Number.NaN,
      slope: 0,
      lowest: Number.NaN,
      searching: false,
      stalled: false,
      step: 0,
      trials: 0,
      reach: 1,
      gamma: Infinity,
    },
    options,
  );

/**
 * Goes on from a state, which from then on is the optimiser's.
 * @throws {MisuseError} for an option outside its range, or arrays that have not one length.
 */
export const resumeSafeguardedLbfgs = (
  state: SafeguardedLbfgsState,
  options: Omit<SafeguardedLbfgsOptions, "history">,
): Optimizer<SafeguardedLbfgsState> => new SafeguardedLbfgs(state, options);

class SafeguardedLbfgs implements Optimizer<SafeguardedLbfgsState> {
  readonly state: SafeguardedLbfgsState;
  readonly point: Float32Array;
  readonly accepted: Float32Array;
  readonly #firstStep: number;
  readonly #noise: number;
  readonly #history: History;

  constructor(state: SafeguardedLbfgsState, options: Omit<SafeguardedLbfgsOptions, "history">) {
    const { firstStep, noise } = options;
    if (!(firstStep > 0 && firstStep < Infinity)) {
      throw new MisuseError(`Expected a finite number above 0 for firstStep but received ${firstStep}`);
    }
    if (!(noise >= 0 && noise < 1)) {
      throw new MisuseError(`Expected a number in [0, 1) for noise but received ${noise}`);
    }
    const { point, accepted, gradient, direction } = state;
    for (const [name, array] of Object.entries({ accepted, gradient, direction })) {
      requireSameLength(name, array, point);
    }
    this.state = state;
    this.point = point;
    this.accepted = accepted;
    this.#firstStep = firstStep;
    this.#noise = noise;
    this.#history = new History(point.length, state.history);
  }

  get stalled(): boolean {
    return this.state.stalled;
  }

  get #start(): SearchStart {
    const { loss, slope, lowest } = this.state;
    return { loss, slope, lowest, noise: this.#noise };
  }

  /**
   * @throws {ImpastoError} if the loss or gradient is not finite at the start: there is nowhere to go back to.
   */
  tell(loss: number, gradient: Float32Array): boolean {
    requireSameLength("gradient", gradient, this.point);
    const products = trialProducts(this.point, this.accepted, gradient, this.state.gradient);
    const finite = Number.isFinite(loss) && products.gg < INFINITE;
    if (!this.state.searching) {
      if (!finite) {
        throw new ImpastoError(`Expected a finite loss and gradient at the start but received ${loss}`);
      }
      this.#begin(loss, gradient);
      return true;
    }
    const trial = {
      step: this.state.step,
      loss: finite ? loss : Number.NaN,
      slope: products.sg / this.state.step,
    };
    if (isGoodEnough(this.#start, trial)) {
      this.#accept(loss, gradient, products);
      return true;
    }
    this.state.trials += 1;
    const allowed = this.#history.count > 0 ? TRIALS.memory : TRIALS.steepest;
    this.state.step = shorterStep(this.#start, trial);
    if (this.state.trials >= allowed || !this.#propose()) this.#giveUp();
    return false;
  }

  /** Takes in the accepted point itself: the start, or a place where the search had stalled. */
  #begin(loss: number, gradient: Float32Array): void {
    // Told the same again, the function is the same, and the lowest loss still stands.
    if (loss !== this.state.loss) this.state.lowest = loss;
    this.state.loss = loss;
    this.state.gradient.set(gradient);
    this.state.searching = true;
    this.state.stalled = false;
    this.#descend();
  }

  #accept(loss: number, gradient: Float32Array, curvature: Curvature): void {
    this.state.loss = loss;
    this.state.lowest = Math.min(loss, this.state.lowest);
    subtract(this.point, this.accepted, this.state.direction);
    this.accepted.set(this.point);
    if (isTelling(curvature)) {
      this.#history.keep(this.state.direction, gradient, this.state.gradient, curvature);
      this.state.gamma = curvature.sy / curvature.yy;
      this.state.reach = 1;
    } else {
      // Still steep, or ever steeper: nothing to learn, but reason to go further the next time.
      this.state.reach = 2 * this.state.step;
    }
    this.state.gradient.set(gradient);
    this.#aim();
  }

  /** Sets out in the direction that the memory gives, or straight down where there is none. */
  #aim(): void {
    if (this.#history.count === 0) {
      this.#descend();
      return;
    }
    const slope = this.#history.direction(this.state.gradient, this.state.direction);
    this.state.slope = slope;
    this.state.trials = 0;
    this.state.step = this.state.reach;
    if (!(slope < 0 && slope > -Infinity && this.#propose())) this.#giveUp();
  }

  /** Sets out straight down. */
  #descend(): void {
    const { gradient, direction } = this.state;
    const size = Math.min(this.#firstStep / largest(gradient), this.state.gamma);
    let slope = 0;
    for (let i = 0; i < gradient.length; i++) {
      direction[i] = -size * gradient[i];
      slope += direction[i] * gradient[i];
    }
    this.state.slope = slope;
    this.state.trials = 0;
    this.state.step = this.state.reach;
    if (!(slope < 0 && this.#propose())) this.#giveUp();
  }

  /** Moves the point to the trial; tells whether that is another place, to the digits there are. */
  #propose(): boolean {
    const { point, accepted } = this;
    const direction = this.state.direction;
    const step = this.state.step;
    let moved = false;
    for (let i = 0; i < point.length; i++) {
      point[i] = accepted[i] + step * direction[i];
      moved ||= point[i] !== accepted[i];
    }
    return moved;
  }

  #giveUp(): void {
    this.state.reach = 1;
    if (this.#history.count > 0) {
      this.#history.clear();
      this.#descend();
      return;
    }
    this.point.set(this.accepted);
    this.state.searching = false;
    this.state.stalled = true;
  }
}

/** Whether the function curves upwards along a step, clearly enough to be no rounding error. */
function isTelling({ sy, yy, ss }: Curvature): boolean {
  return sy > LEAST_COSINE * Math.sqrt(ss * yy) && yy + ss < Infinity;
}

function subtract(a: Float32Array, b: Float32Array, out: Float32Array): void {
  for (let i = 0; i < out.length; i++) out[i] = a[i] - b[i];
}

/** The largest of the absolute values. */
function largest(values: Float32Array): number {
  let most = 0;
  for (let i = 0; i < values.length; i++) most = Math.max(most, Math.abs(values[i]));
  return most;
}
