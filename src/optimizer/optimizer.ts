/**
 * What every optimiser is: something that proposes a point and is told the loss and gradient there.
 * It never calls the function itself, so that whoever drives it may count, stop, show and pause between
 * any two evaluations, those of a line search included. What it remembers is a plain record of arrays and numbers, from
 * which it goes on as if it had never stopped. It knows nothing of pictures or graphs.
 * @module
 */
import { MisuseError } from "../errors.ts";

/** What every optimiser remembers; each has more. */
export interface Points {
  /** See {@link Optimizer.point} and {@link Optimizer.accepted}. */
  readonly point: Float32Array;
  readonly accepted: Float32Array;
}

/** Minimises a function by proposing points and being told what the function is there. */
export interface Optimizer<State extends Points = Points> {
  /** All that it remembers, live: a copy of it, given to the function that resumes, goes on to the same points. */
  readonly state: Readonly<State>;
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
  /**
   * Whether no lower loss could be found: the point to evaluate is the accepted one again. Telling of it begins a new
   * search, with what is told: useful where the function itself has changed, else a sign to stop.
   */
  readonly stalled: boolean;
}

/**
 * Makes sure that an array has one number for each variable.
 * @throws {MisuseError} naming the array where it has not.
 */
export function requireSameLength(
  name: string,
  array: Float32Array,
  variables: { readonly length: number },
): void {
  if (array.length !== variables.length) {
    throw new MisuseError(`Expected ${variables.length} numbers for ${name} but received ${array.length}`);
  }
}
