/**
 * Smoothness on a slider: 0 is none, the middle is the preset's own, and from there on each step multiplies. What the number
 * means depends on the preset, and the slider does not.
 * @module
 */

/** How many times the preset's own the end of the slider is. */
const MOST = 32;

/** In place of a preset's own where that is 0. */
const UNIT = 1e-3;

/** The weight at a place from 0 to 1. */
export function smoothnessAt(place: number, own: number): number {
  if (place <= 0) return 0;
  const weight = (own || UNIT) * MOST ** (2 * place - 1);
  return Number(weight.toPrecision(3));
}

/** The place of a weight, from 0 to 1. */
export function placeOfSmoothness(weight: number, own: number): number {
  if (weight <= 0) return 0;
  const place = (Math.log(weight / (own || UNIT)) / Math.log(MOST) + 1) / 2;
  return Math.min(1, Math.max(0.01, place));
}
