/**
 * What there is to say of colours that are brighter than white, which sRGB cannot show.
 * @module
 */

import type { ColourSpace } from "./colour-space.ts";

/** Not worth a word. */
const ROUNDING = 0.01;

/** A note for a picture whose values, of which 1 is white, go up to so much; none where they stay below it. */
export const clippingNotes = (highest: number, name: string): readonly string[] =>
  highest > 1 + ROUNDING ? [`${reachOf(highest, name)}; those above 1 are shown as white.`] : [];

/** How a note of a picture's values begins. */
export const reachOf = (highest: number, name: string): string =>
  `"${name}" has values up to ${Number(highest.toPrecision(3))}`;

/** The most linear light of a channel of planes that are stored in some space. */
export function brightestLight(rgb: Float32Array, { curves }: ColourSpace): number {
  const size = rgb.length / 3;
  const lights = curves.map((curve, channel) => {
    const plane = rgb.subarray(channel * size, (channel + 1) * size);
    return curve(plane.reduce((most, value) => Math.max(most, value), 0));
  });
  return Math.max(...lights);
}
