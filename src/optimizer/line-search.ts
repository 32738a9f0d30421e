/**
 * The rules of a backtracking line search along φ(t) = f(x + t·d): when a trial is good enough, and how much shorter
 * the next one is. Pure functions of a few numbers; who evaluates what, and when, is the optimiser's affair.
 * @module
 */

/** How much of the decrease that the slope at the start promises must be kept (Armijo). */
const SUFFICIENT = 1e-4;
/** The next trial is at least and at most so much of the last. */
const SHORTEST = 0.1;
const LONGEST = 0.5;
/** What is left of a step that led to where the function is not defined, and so tells nothing else. */
const RETREAT = 0.25;

/** Where a search starts. */
export interface SearchStart {
  /** φ(0) */
  readonly loss: number;
  /** φ'(0), negative. */
  readonly slope: number;
  /** The lowest loss accepted so far. */
  readonly lowest: number;
  /** How far, relative to its size, a loss may be off by rounding. */
  readonly noise: number;
}

/** One evaluation along the search. */
export interface Trial {
  /** t */
  readonly step: number;
  /** φ(t) */
  readonly loss: number;
  /** φ'(t) */
  readonly slope: number;
}

/**
 * Tells whether a trial may be accepted: it keeps Armijo's promise, φ(t) ≤ φ(0) + 10⁻⁴·t·φ'(0). Where rounding hides
 * the decrease, a loss that is no higher than the lowest but for rounding will do if the slopes speak for it,
 * φ'(t) ≤ (2·10⁻⁴ − 1)·φ'(0): for a quadratic that is the same condition (Hager and Zhang 2005).
 */
export function isGoodEnough(start: SearchStart, trial: Trial): boolean {
  if (trial.loss <= start.loss + SUFFICIENT * trial.step * start.slope && trial.loss < start.loss)
    return true;
  const equal = trial.loss <= start.lowest + start.noise * Math.abs(start.lowest);
  return equal && trial.slope <= (2 * SUFFICIENT - 1) * start.slope;
}

/**
 * Chooses the next, shorter step after a rejected trial: the minimum of the cubic through both losses and slopes, of
 * the parabola through the losses and the first slope where the cubic has none, kept between 0.1 and 0.5 of the
 * last step. After a trial that was not finite, a quarter of it.
 */
export function shorterStep(start: SearchStart, trial: Trial): number {
  const { step, loss, slope } = trial;
  if (!Number.isFinite(loss) || !Number.isFinite(slope)) return RETREAT * step;
  const rise = loss - start.loss;
  const a = start.slope + slope - (3 * rise) / step;
  const root = Math.sqrt(a * a - start.slope * slope);
  const cubic = step * (1 - (slope + root - a) / (slope - start.slope + 2 * root));
  const parabola = (-start.slope * step * step) / (2 * (rise - start.slope * step));
  const best = Number.isFinite(cubic) ? cubic : parabola;
  // A parabola that is not finite either compares false with everything.
  if (!(best > SHORTEST * step)) return SHORTEST * step;
  return Math.min(best, LONGEST * step);
}
