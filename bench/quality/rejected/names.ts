/**
 * What the rejected ways are called, for those who only need to know that.
 * @module
 */

/** The names of the ways, as configurations give them. */
export const REJECTED_NAMES = [
  "root-two-apart",
  "fourier-half",
  "fourier-one",
  "pyramid",
  "mean-of-20",
  "plateau-1-percent",
  "plateau-half-percent",
  "mixed-networks",
] as const;

/** The name of a way. */
export type RejectedName = (typeof REJECTED_NAMES)[number];
