/**
 * A square matrix drawn as a picture, a block of pixels for each number.
 * @module
 */
import type { Picture } from "../../src/image/picture.ts";

/** From the least to the most; each is lighter than the one before. */
const COLOURS = [
  [0.05, 0.03, 0.2],
  [0.35, 0.08, 0.45],
  [0.75, 0.2, 0.4],
  [0.96, 0.55, 0.25],
  [1, 0.95, 0.75],
] as const;

/** A colour for a number from 0 to 1. */
function colourOf(value: number): readonly number[] {
  const place = Math.min(1, Math.max(0, value)) * (COLOURS.length - 1);
  const below = COLOURS[Math.floor(place)];
  const above = COLOURS[Math.ceil(place)];
  return below.map((channel, index) => channel + (place - Math.floor(place)) * (above[index] - channel));
}

/**
 * Draws an n×n matrix.
 * @param entries numbers from 0 to 1, row by row.
 * @param block the side of a number's block, in pixels.
 */
export function heatMap(entries: readonly number[], block: number): Picture {
  const n = Math.sqrt(entries.length);
  const side = n * block;
  const rgb = new Float32Array(3 * side * side);
  for (let i = 0; i < side * side; i++) {
    const [row, column] = [Math.floor(i / side / block), Math.floor((i % side) / block)];
    for (const [channel, value] of colourOf(entries[row * n + column]).entries()) {
      rgb[channel * side * side + i] = value;
    }
  }
  return { width: side, height: side, rgb };
}
