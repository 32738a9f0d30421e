/**
 * Which frames of an animation are shown, and for how long each.
 * @module
 */

import type { AnimationLimits } from "../image/animation.node.ts";

/** What is shown of a row of frames. */
export interface Timing {
  /** The frames that are shown, by their places in the row. */
  readonly shown: readonly number[];
  /** Milliseconds for each of them. */
  readonly milliseconds: readonly number[];
}

/**
 * Spreads frames evenly over a time. Where there are too many for it, some are left out, but never the first or the last.
 *
 * @param count of frames, at least 2.
 * @param seconds for all of them.
 * @param hold seconds that the last one stays beyond its own.
 * @param limits the unit that the format counts in, in spite of which the times add up, and the shortest time.
 */
export function timingOf(
  count: number,
  seconds: number,
  hold: number,
  { unit, shortest }: Pick<AnimationLimits, "unit" | "shortest">,
): Timing {
  const whole = 1000 * seconds;
  const frames = Math.max(2, Math.min(count, Math.floor(whole / shortest)));
  const shown = Array.from({ length: frames }, (_, i) => Math.round((i * (count - 1)) / (frames - 1)));
  const until = (frame: number): number => Math.round((frame * whole) / frames / unit) * unit;
  const milliseconds = shown.map((_, i) => Math.max(shortest, until(i + 1) - until(i)));
  const last = milliseconds.length - 1;
  milliseconds[last] += Math.round((1000 * hold) / unit) * unit;
  return { shown, milliseconds };
}
