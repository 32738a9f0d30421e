/**
 * L-BFGS that never goes up. Each trial x + t·d, d = −H·g, begins at t = 1, as good as always the right length, and is
 * shortened until the line search (line-search.ts) accepts it. Pairs without clear positive curvature are left out;
 * a direction that fails gives up the memory for steepest descent; where that fails too, the optimiser stays put.
 * @module
 */
import { ImpastoError, MisuseError } from "../errors.ts";
import { requireSameLength } from "./checks.ts";
import { History } from "./history.ts";
import { type Curvature, trialProducts } from "./kernels.ts";
import type { HistoryOptions, Lbfgs } from "./lbfgs-options.ts";
import { isGoodEnough, type SearchStart, shorterStep } from "./line-search.ts";

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

/** Makes the optimiser; see lbfgs.ts. */
export function safeguardedLbfgs(start: Float32Array, options: SafeguardedLbfgsOptions): Lbfgs {
  return new Safeguarded(start, options);
}

class Safeguarded implements Lbfgs {
  readonly point: Float32Array;
  readonly accepted: Float32Array;
  readonly #firstStep: number;
  readonly #history: History;
  /** The gradient at the accepted point. */
  readonly #gradient: Float32Array;
  /** The direction of the search; for a moment after it, the step that was taken. */
  readonly #direction: Float32Array;
  #start: SearchStart;
  /** Whether the point is a trial, and not the accepted point itself. */
  #searching = false;
  #stalled = false;
  #step = 0;
  #trials = 0;
  /** The step that the next direction's first trial takes. */
  #reach = 1;
  /** The last known size of H, which a step of steepest descent should not exceed. */
  #scale = Infinity;

  constructor(start: Float32Array, options: SafeguardedLbfgsOptions) {
    const { firstStep, noise, history } = options;
    if (!(firstStep > 0 && firstStep < Infinity)) {
      throw new MisuseError(`Expected a finite number above 0 for firstStep but received ${firstStep}`);
    }
    if (!(noise >= 0 && noise < 1)) {
      throw new MisuseError(`Expected a number in [0, 1) for noise but received ${noise}`);
    }
    this.#firstStep = firstStep;
    this.#history = new History(start.length, history);
    this.point = start.slice();
    this.accepted = start.slice();
    this.#gradient = new Float32Array(start.length);
    this.#direction = new Float32Array(start.length);
    this.#start = { loss: Number.NaN, lowest: Number.NaN, slope: 0, noise };
  }

  get stalled(): boolean {
    return this.#stalled;
  }

  /**
   * @throws {ImpastoError} if the loss or gradient is not finite at the start: there is nowhere to go back to.
   */
  tell(loss: number, gradient: Float32Array): boolean {
    requireSameLength("gradient", gradient, this.point);
    const products = trialProducts(this.point, this.accepted, gradient, this.#gradient);
    const finite = Number.isFinite(loss) && products.gg < INFINITE;
    if (!this.#searching) {
      if (!finite) {
        throw new ImpastoError(`Expected a finite loss and gradient at the start but received ${loss}`);
      }
      this.#begin(loss, gradient);
      return true;
    }
    const trial = { step: this.#step, loss: finite ? loss : Number.NaN, slope: products.sg / this.#step };
    if (isGoodEnough(this.#start, trial)) {
      this.#accept(loss, gradient, products);
      return true;
    }
    this.#trials += 1;
    const allowed = this.#history.count > 0 ? TRIALS.memory : TRIALS.steepest;
    this.#step = shorterStep(this.#start, trial);
    if (this.#trials >= allowed || !this.#propose()) this.#giveUp();
    return false;
  }

  /** Takes in the accepted point itself: the start, or a place where the search had stalled. */
  #begin(loss: number, gradient: Float32Array): void {
    // Told the same again, the function is the same, and the lowest loss still stands.
    const lowest = loss === this.#start.loss ? this.#start.lowest : loss;
    this.#start = { ...this.#start, loss, lowest };
    this.#gradient.set(gradient);
    this.#searching = true;
    this.#stalled = false;
    this.#descend();
  }

  #accept(loss: number, gradient: Float32Array, curvature: Curvature): void {
    this.#start = { ...this.#start, loss, lowest: Math.min(loss, this.#start.lowest) };
    subtract(this.point, this.accepted, this.#direction);
    this.accepted.set(this.point);
    if (isTelling(curvature)) {
      this.#history.keep(this.#direction, gradient, this.#gradient, curvature);
      this.#scale = curvature.sy / curvature.yy;
      this.#reach = 1;
    } else {
      // Still steep, or ever steeper: nothing to learn, but reason to go further the next time.
      this.#reach = 2 * this.#step;
    }
    this.#gradient.set(gradient);
    this.#aim();
  }

  /** Sets out in the direction that the memory gives, or straight down where there is none. */
  #aim(): void {
    if (this.#history.count === 0) {
      this.#descend();
      return;
    }
    const slope = this.#history.direction(this.#gradient, this.#direction);
    this.#start = { ...this.#start, slope };
    this.#trials = 0;
    this.#step = this.#reach;
    if (!(slope < 0 && slope > -Infinity && this.#propose())) this.#giveUp();
  }

  /** Sets out straight down. */
  #descend(): void {
    const scale = Math.min(this.#firstStep / largest(this.#gradient), this.#scale);
    let slope = 0;
    for (let i = 0; i < this.#gradient.length; i++) {
      this.#direction[i] = -scale * this.#gradient[i];
      slope += this.#direction[i] * this.#gradient[i];
    }
    this.#start = { ...this.#start, slope };
    this.#trials = 0;
    this.#step = this.#reach;
    if (!(slope < 0 && this.#propose())) this.#giveUp();
  }

  /** Moves the point to the trial; tells whether that is another place, to the digits there are. */
  #propose(): boolean {
    const { point, accepted } = this;
    const direction = this.#direction;
    const step = this.#step;
    let moved = false;
    for (let i = 0; i < point.length; i++) {
      point[i] = accepted[i] + step * direction[i];
      moved ||= point[i] !== accepted[i];
    }
    return moved;
  }

  #giveUp(): void {
    this.#reach = 1;
    if (this.#history.count > 0) {
      this.#history.clear();
      this.#descend();
      return;
    }
    this.point.set(this.accepted);
    this.#searching = false;
    this.#stalled = true;
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
