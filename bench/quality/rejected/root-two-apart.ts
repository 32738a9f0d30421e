/**
 * Three sizes, each √2 times the last, in place of two.
 * @module
 */
import type { Scale } from "../../../src/transfer/preset.ts";

/** The sizes to work through, as they were tried for a result of 256 pixels. */
export const rootTwoApart = (longest: number): readonly Scale[] => [
  { longest: Math.round(longest / 2), iterations: 50 },
  { longest: Math.round(longest / Math.SQRT2), iterations: 45 },
  { longest, iterations: 60 },
];
