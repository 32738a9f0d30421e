/**
 * How many sizes a run has to work through when it carries on from a picture: those that the picture has not seen.
 * @module
 */
import { type ChosenOptions, settingsOf } from "./options.ts";

/** The number of sizes, at least 1. */
export function scalesFrom(options: ChosenOptions, longest: number, present: number): number {
  const ahead = settingsOf(options)
    .schedule(longest)
    .filter((scale) => scale.longest >= 0.95 * present);
  return Math.max(1, ahead.length);
}
