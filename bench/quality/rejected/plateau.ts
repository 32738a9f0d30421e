/**
 * When a size is left: when its loss has become a plateau.
 * @module
 */

/** Evaluations that are looked back on. */
const WINDOW = 10;

/** Makes the rule. @param gain the part of the loss that the last ten evaluations must have taken off it. */
export const plateau =
  (gain: number) =>
  (losses: readonly number[]): boolean => {
    const now = losses.at(-1) ?? 0;
    const before = losses.at(-1 - WINDOW) ?? Number.POSITIVE_INFINITY;
    return now > (1 - gain) * before;
  };
