/**
 * The sizes that are offered: steps of about a half, the ones that people ask for among them.
 * @module
 */
import { LONGEST_PAINTED_SIDE } from "../../engine.ts";

/** Longest sides, in pixels. */
export const SIZES: readonly number[] = [
  96,
  128,
  192,
  256,
  384,
  512,
  768,
  1024,
  1536,
  2048,
  3072,
  4096,
  6144,
  LONGEST_PAINTED_SIDE,
];

/** The size that comes after one, if there is any. */
export const nextSize = (longest: number): number | undefined => SIZES.find((size) => size >= longest * 1.25);

/** The place of the size that is nearest, by ratio. */
export function placeOfSize(longest: number): number {
  const distances = SIZES.map((size) => Math.abs(Math.log(size / longest)));
  return distances.indexOf(Math.min(...distances));
}
