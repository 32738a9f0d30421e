/**
 * L-BFGS that never goes up. Each trial x + t·d, d = −H·g, begins at t = 1, as good as always the right length, and is
 * shortened until the line search (line-search.ts) accepts it. Pairs without clear positive curvature are left out;
 * a direction that fails gives up the memory for steepest descent; where that fails too, the optimiser stays put.
 * @module
 */
import { ImpastoError, MisuseError } from "../errors.ts";
import { type History, type HistoryState, openHistory } from "./history.ts";
import type { Curvature } from "./kernels.ts";
import { isGoodEnough, type SearchStart, shorterStep } from "./line-search.ts";
import type { Optimizer, Points } from "./optimizer.ts";
import type { Vectors } from "./vectors.ts";

/** The least cosine between s and y of a pair worth keeping. */
const LEAST_COSINE = 1e-6;
/** How many trials a direction gets: few where giving up the memory is another way out, many where nothing is. */
const TRIALS = { memory: 8, steepest: 30 };
/** ‖g‖² from which a gradient counts as infinite: float32 has no room for differences of such numbers. */
const INFINITE = 1e38;

/** L-BFGS with a line search, which never accepts a higher loss. */
export interface SafeguardedLbfgsOptions {
  /** The largest change of one variable in the first trial, and in the first after the memory was given up; above 0. */
  readonly firstStep: number;
  /** How far, relative to its size, a loss may be off by rounding; 1e-6 suits float32. At least 0. */
  readonly noise: number;
}

/** How far a search has come: all that is remembered beside vectors. */
export interface Search {
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

/** All that it remembers. */
export interface SafeguardedLbfgsState extends Points, Readonly<Search> {
  readonly kind: "safeguarded-lbfgs";
  /** The gradient at the accepted point. */
  readonly gradient: Float32Array;
  /** The direction of the search; for a moment after it, the step that was taken. */
  readonly direction: Float32Array;
  readonly history: HistoryState;
}

/** What it works on. */
export interface SafeguardedLbfgsMemory<Vector> extends Points<Vector> {
  readonly gradient: Vector;
  readonly direction: Vector;
  readonly history: HistoryState;
  readonly search: Search;
}

/** A search that has not begun. */
export const newSearch = (): Search => ({
  loss: Number.NaN,
  slope: 0,
  lowest: Number.NaN,
  searching: false,
  stalled: false,
  step: 0,
  trials: 0,
  reach: 1,
  gamma: Infinity,
});

/**
 * Makes the optimiser.
 * @param memory where to go on; from then on it is the optimiser's.
 * @throws {MisuseError} for an option outside its range, or vectors that have not one length.
 */
export async function safeguardedLbfgs<Vector>(
  vectors: Vectors<Vector>,
  { search, ...memory }: SafeguardedLbfgsMemory<Vector>,
  { firstStep, noise }: SafeguardedLbfgsOptions,
): Promise<Optimizer<SafeguardedLbfgsState, Vector>> {
  if (!(firstStep > 0 && firstStep < Infinity)) {
    throw new MisuseError(`Expected a finite number above 0 for firstStep but received ${firstStep}`);
  }
  if (!(noise >= 0 && noise < 1)) {
    throw new MisuseError(`Expected a number in [0, 1) for noise but received ${noise}`);
  }
  const { history, ...held } = memory;
  for (const [name, vector] of Object.entries(held)) vectors.check(name, vector);
  return new SafeguardedLbfgs(vectors, held, search, await openHistory(vectors, history), firstStep, noise);
}

type Held<Vector> = Omit<SafeguardedLbfgsMemory<Vector>, "history" | "search">;

class SafeguardedLbfgs<Vector> implements Optimizer<SafeguardedLbfgsState, Vector> {
  readonly point: Vector;
  readonly accepted: Vector;
  readonly #vectors: Vectors<Vector>;
  readonly #gradient: Vector;
  readonly #direction: Vector;
  readonly #search: Search;
  readonly #history: History<Vector>;
  readonly #firstStep: number;
  readonly #noise: number;

  constructor(
    vectors: Vectors<Vector>,
    { point, accepted, gradient, direction }: Held<Vector>,
    search: Search,
    history: History<Vector>,
    firstStep: number,
    noise: number,
  ) {
    this.#vectors = vectors;
    this.point = point;
    this.accepted = accepted;
    this.#gradient = gradient;
    this.#direction = direction;
    this.#search = search;
    this.#history = history;
    this.#firstStep = firstStep;
    this.#noise = noise;
  }

  get stalled(): boolean {
    return this.#search.stalled;
  }

  get #start(): SearchStart {
    const { loss, slope, lowest } = this.#search;
    return { loss, slope, lowest, noise: this.#noise };
  }

  /**
   * @throws {ImpastoError} if the loss or gradient is not finite at the start: there is nowhere to go back to.
   */
  async tell(loss: number, gradient: Vector): Promise<boolean> {
    this.#vectors.check("gradient", gradient);
    const products = await this.#vectors.trialProducts(this.point, this.accepted, gradient, this.#gradient);
    const finite = Number.isFinite(loss) && products.gg < INFINITE;
    if (!this.#search.searching) {
      if (!finite) {
        throw new ImpastoError(`Expected a finite loss and gradient at the start but received ${loss}`);
      }
      await this.#begin(loss, gradient);
      return true;
    }
    const { step } = this.#search;
    const trial = { step, loss: finite ? loss : Number.NaN, slope: products.sg / step };
    if (isGoodEnough(this.#start, trial)) {
      await this.#accept(loss, gradient, products);
      return true;
    }
    this.#search.trials += 1;
    const allowed = this.#history.count > 0 ? TRIALS.memory : TRIALS.steepest;
    this.#search.step = shorterStep(this.#start, trial);
    if (this.#search.trials >= allowed || !(await this.#propose())) await this.#giveUp();
    return false;
  }

  async state(): Promise<SafeguardedLbfgsState> {
    const vectors = this.#vectors;
    return {
      kind: "safeguarded-lbfgs",
      point: await vectors.read(this.point),
      accepted: await vectors.read(this.accepted),
      gradient: await vectors.read(this.#gradient),
      direction: await vectors.read(this.#direction),
      history: await this.#history.state(),
      ...this.#search,
    };
  }

  release(): void {
    for (const vector of [this.point, this.accepted, this.#gradient, this.#direction]) {
      this.#vectors.release(vector);
    }
    this.#history.release();
  }

  /** Takes in the accepted point itself: the start, or a place where the search had stalled. */
  async #begin(loss: number, gradient: Vector): Promise<void> {
    // Told the same again, the function is the same, and the lowest loss still stands.
    if (loss !== this.#search.loss) this.#search.lowest = loss;
    this.#search.loss = loss;
    await this.#vectors.copy(gradient, this.#gradient);
    this.#search.searching = true;
    this.#search.stalled = false;
    await this.#descend();
  }

  async #accept(loss: number, gradient: Vector, curvature: Curvature): Promise<void> {
    this.#search.loss = loss;
    this.#search.lowest = Math.min(loss, this.#search.lowest);
    await this.#vectors.subtract(this.point, this.accepted, this.#direction);
    await this.#vectors.copy(this.point, this.accepted);
    if (isTelling(curvature)) {
      await this.#history.keep(this.#direction, gradient, this.#gradient, curvature);
      this.#search.gamma = curvature.sy / curvature.yy;
      this.#search.reach = 1;
    } else {
      // Still steep, or ever steeper: nothing to learn, but reason to go further the next time.
      this.#search.reach = 2 * this.#search.step;
    }
    await this.#vectors.copy(gradient, this.#gradient);
    await this.#aim();
  }

  /** Sets out in the direction that the memory gives, or straight down where there is none. */
  async #aim(): Promise<void> {
    if (this.#history.count === 0) {
      await this.#descend();
      return;
    }
    const slope = await this.#history.direction(this.#gradient, this.#direction);
    this.#search.slope = slope;
    this.#search.trials = 0;
    this.#search.step = this.#search.reach;
    if (!(slope < 0 && slope > -Infinity && (await this.#propose()))) await this.#giveUp();
  }

  /** Sets out straight down. */
  async #descend(): Promise<void> {
    const steepest = await this.#vectors.largest(this.#gradient);
    const size = Math.min(this.#firstStep / steepest, this.#search.gamma);
    const slope = await this.#vectors.descend(this.#gradient, size, this.#direction);
    this.#search.slope = slope;
    this.#search.trials = 0;
    this.#search.step = this.#search.reach;
    if (!(slope < 0 && (await this.#propose()))) await this.#giveUp();
  }

  /** Moves the point to the trial; tells whether that is another place, to the digits there are. */
  async #propose(): Promise<boolean> {
    return this.#vectors.move(this.accepted, this.#search.step, this.#direction, this.point);
  }

  async #giveUp(): Promise<void> {
    this.#search.reach = 1;
    if (this.#history.count > 0) {
      this.#history.clear();
      await this.#descend();
      return;
    }
    await this.#vectors.copy(this.accepted, this.point);
    this.#search.searching = false;
    this.#search.stalled = true;
  }
}

/** Whether the function curves upwards along a step, clearly enough to be no rounding error. */
function isTelling({ sy, yy, ss }: Curvature): boolean {
  return sy > LEAST_COSINE * Math.sqrt(ss * yy) && yy + ss < Infinity;
}
