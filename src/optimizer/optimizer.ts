/**
 * What every optimiser is: something that proposes a point and is told the loss and gradient there.
 * It never calls the function itself, so that whoever drives it may count, stop, show and pause between
 * any two evaluations, those of a line search included. What it remembers is a plain record of arrays and numbers, from
 * which it goes on as if it had never stopped. It knows nothing of pictures or graphs, nor where its vectors are.
 * @module
 */

/** What every optimiser remembers; each has more. */
export interface Points<Vector = Float32Array> {
  /** See {@link Optimizer.point} and {@link Optimizer.accepted}. */
  readonly point: Vector;
  readonly accepted: Vector;
}

/** Minimises a function by proposing points and being told what the function is there. */
export interface Optimizer<State extends Points = Points, Vector = Float32Array> extends Points<Vector> {
  /** The point to evaluate next. It belongs to the optimiser and changes with each {@link Optimizer.tell}. */
  readonly point: Vector;
  /** The last accepted point (the start, until one has been evaluated). Never a rejected trial of a line search. */
  readonly accepted: Vector;
  /**
   * Takes in the loss and gradient at {@link Optimizer.point} and moves on to the next point.
   * The gradient is read, not kept: the caller may reuse it.
   * @returns whether the point just told of became {@link Optimizer.accepted}.
   */
  tell(loss: number, gradient: Vector): Promise<boolean>;
  /**
   * Whether no lower loss could be found: the point to evaluate is the accepted one again. Telling of it begins a new
   * search, with what is told: useful where the function itself has changed, else a sign to stop.
   */
  readonly stalled: boolean;
  /**
   * All that it remembers. It may be live: a copy of it, given to the function that resumes, goes on to the same points.
   */
  state(): Promise<State>;
  /** Lets go of its vectors, where they are not in this process's memory. */
  release(): void;
}
