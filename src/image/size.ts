/**
 * The sizes pictures are worked at: plain arithmetic on widths and heights.
 * @module
 */

import { MisuseError } from "../errors.ts";

/** The shortest side there may be, in pixels: VGG-19 halves a picture four times before conv5_1. */
export const SHORTEST_SIDE = 16;

/** The longest side there may be, in pixels. */
export const LONGEST_SIDE = 65_536;

/** The most pixels that impasto makes: one array holds 2³² numbers, and there are up to four to a pixel. */
const MOST_PIXELS = 1e9;

/** Width and height in pixels. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/**
 * The size with the given longest side and the same shape; the other side is rounded, at least 16.
 * Smaller pictures are enlarged.
 *
 * @param longest pixels, 16 to 65,536.
 * @throws MisuseError when `longest` is not a whole number in that range.
 * @example
 * sizeWithLongestSide(4000, 3000, 512); // { width: 512, height: 384 }
 */
export function sizeWithLongestSide(width: number, height: number, longest: number): Size {
  if (!Number.isInteger(longest) || longest < SHORTEST_SIDE || longest > LONGEST_SIDE) {
    throw new MisuseError(
      `Expected a whole number from ${SHORTEST_SIDE} to ${LONGEST_SIDE} for the longest side but received ${longest}`,
    );
  }
  const longer = Math.max(width, height);
  const scaled = (side: number): number => Math.max(SHORTEST_SIDE, Math.round((side * longest) / longer));
  return { width: scaled(width), height: scaled(height) };
}

/**
 * The size reduced to the given longest side, for styles: smaller pictures keep their size, except that
 * no side is shorter than the 16 pixels the network needs.
 *
 * @param longest pixels, 16 to 65,536.
 * @throws MisuseError when `longest` is not a whole number in that range.
 * @example
 * sizeWithinLongestSide(300, 200, 512); // { width: 300, height: 200 }
 */
export function sizeWithinLongestSide(width: number, height: number, longest: number): Size {
  const reduced = sizeWithLongestSide(width, height, longest);
  if (Math.max(width, height) > longest) return reduced;
  return { width: Math.max(SHORTEST_SIDE, width), height: Math.max(SHORTEST_SIDE, height) };
}

/**
 * Refuses a size that no array could hold; to be called before the work, not after it.
 *
 * @throws MisuseError when there are too many pixels.
 */
export function checkHoldable({ width, height }: Size): void {
  if (width * height > MOST_PIXELS) {
    throw new MisuseError(
      `A picture of ${width}×${height} has more than the ${MOST_PIXELS / 1e6} megapixels that impasto can make; take a smaller size`,
    );
  }
}
