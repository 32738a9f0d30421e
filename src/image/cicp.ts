/**
 * Colours named by code points (ITU-T H.273), as PNG's `cICP` chunk and AVIF's `nclx` box give them.
 * @module
 */

import {
  type Chromaticity,
  type ColourSpace,
  type Curve,
  D65,
  P3_PRIMARIES,
  type Primaries,
  SRGB_PRIMARIES,
  spaceOf,
  srgbToLinear,
} from "./colour-space.ts";

/** Display P3 in code points: the primaries of P3, the curve of sRGB, RGB, all of the range. */
export const DISPLAY_P3 = [12, 13, 0, 1] as const;

const corners = (
  red: Chromaticity,
  green: Chromaticity,
  blue: Chromaticity,
  white: Chromaticity = D65,
): Primaries => ({ red, green, blue, white });

/** H.273, table 2. */
const PRIMARIES: Readonly<Record<number, Primaries>> = {
  1: SRGB_PRIMARIES,
  5: corners([0.64, 0.33], [0.29, 0.6], [0.15, 0.06]),
  6: corners([0.63, 0.34], [0.31, 0.595], [0.155, 0.07]),
  7: corners([0.63, 0.34], [0.31, 0.595], [0.155, 0.07]),
  9: corners([0.708, 0.292], [0.17, 0.797], [0.131, 0.046]),
  11: corners([0.68, 0.32], [0.265, 0.69], [0.15, 0.06], [0.314, 0.351]),
  12: P3_PRIMARIES,
  22: corners([0.63, 0.34], [0.295, 0.605], [0.155, 0.077]),
};

/** H.273, table 3. What is made for television is shown by the curve of the screen that shows sRGB. */
const CURVES: Readonly<Record<number, Curve>> = {
  1: srgbToLinear,
  4: (x) => x ** 2.2,
  5: (x) => x ** 2.8,
  6: srgbToLinear,
  8: (x) => x,
  13: srgbToLinear,
  14: srgbToLinear,
  15: srgbToLinear,
  16: perceptualQuantizer,
  18: hybridLogGamma,
};

/** The space that two code points name; undefined for sRGB, and for what is not specified or not known. */
export function codedSpace(primaries: number, transfer: number): ColourSpace | undefined {
  const known = PRIMARIES[primaries];
  const curve = CURVES[transfer];
  const isUsual = (known ?? SRGB_PRIMARIES) === SRGB_PRIMARIES && (curve ?? srgbToLinear) === srgbToLinear;
  return isUsual ? undefined : spaceOf(known ?? SRGB_PRIMARIES, curve ?? srgbToLinear);
}

/** Of the light that white paper has in BT.2408: 203 of at most 10,000 cd/m²; what shines brighter is clipped. */
function perceptualQuantizer(x: number): number {
  const [m1, m2, c1, c2, c3] = [2610 / 16_384, (2523 / 4096) * 128, 3424 / 4096, 2413 / 128, 2392 / 128];
  const root = x ** (1 / m2);
  return (10_000 / 203) * (Math.max(0, root - c1) / (c2 - c3 * root)) ** (1 / m1);
}

/** As scene light (BT.2100), of which white paper has what a signal of three quarters stands for (BT.2408). */
function hybridLogGamma(x: number): number {
  const [a, b, c] = [0.17883277, 0.28466892, 0.55991073];
  const light = (signal: number): number =>
    signal <= 0.5 ? signal ** 2 / 3 : (Math.exp((signal - c) / a) + b) / 12;
  return light(x) / light(0.75);
}
