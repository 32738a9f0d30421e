/**
 * Three sizes, each √2 times the last, in place of two.
 * @module
 */
import type { Scale } from "../../../src/transfer/preset.ts";

/** The sizes to work through. @throws Error for another result than one of 256 pixels, for which they were tried. */
export function rootTwoApart(longest: number): readonly Scale[] {
  if (longest !== 256) throw new Error(`Expected a size of 256 for sizes √2 apart but received ${longest}.`);
  return [
    { longest: 128, iterations: 50 },
    { longest: 181, iterations: 45 },
    { longest, iterations: 60 },
  ];
}
