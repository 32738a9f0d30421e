/**
 * What every optimiser is: something that proposes a point and is told the loss and gradient there.
 * It never calls the function itself, so that whoever drives it may count, stop, show and pause between
 * any two evaluations, those of a line search included. Plain arrays; it knows nothing of pictures or graphs.
 * @module
 */

/** Minimises a function by proposing points and being told what the function is there. */
export interface Optimizer {
  /** The point to evaluate next. The array belongs to the optimiser and changes with each {@link Optimizer.tell}. */
  readonly point: Float32Array;
  /** The last accepted point (the start, until one has been evaluated). Never a rejected trial of a line search. */
  readonly accepted: Float32Array;
  /**
   * Takes in the loss and gradient at {@link Optimizer.point} and moves on to the next point.
   * The gradient is read, not kept: the caller may reuse its array.
   * @returns whether the point just told of became {@link Optimizer.accepted}.
   */
  tell(loss: number, gradient: Float32Array): boolean;
}
