/**
 * Colours as files store them, and the way from there to a picture's values: a curve for each channel to linear light, a
 * matrix to the primaries of sRGB or Display P3, and the curve that both have. What these cannot show is clipped.
 * @module
 */

import { apply, IDENTITY, invert, type Matrix, multiply, type Triple, transpose } from "./matrix.ts";
import type { WideProfile } from "./picture.ts";

/** From a stored value in [0, 1] to linear light. */
export type Curve = (value: number) => number;

/** What stored values mean. */
export interface ColourSpace {
  readonly curves: Triple<Curve>;
  /** From linear light of the space's own primaries to that of sRGB's, or of those that its values are wanted in. */
  readonly matrix: Matrix;
}

/** Where a colour lies (CIE 1931). */
export type Chromaticity = readonly [x: number, y: number];

/** The corners of a space, and its white. */
export interface Primaries {
  readonly red: Chromaticity;
  readonly green: Chromaticity;
  readonly blue: Chromaticity;
  readonly white: Chromaticity;
}

export const D65: Chromaticity = [0.3127, 0.329];

/** The white that profiles are adapted to, as XYZ (ICC.1:2022, 7.2.16). */
export const D50_XYZ: Triple<number> = [0.9642, 1, 0.8249];

/** IEC 61966-2-1. */
export const SRGB_PRIMARIES: Primaries = {
  red: [0.64, 0.33],
  green: [0.3, 0.6],
  blue: [0.15, 0.06],
  white: D65,
};

/** SMPTE EG 432-1 with the white of sRGB. */
export const P3_PRIMARIES: Primaries = {
  red: [0.68, 0.32],
  green: [0.265, 0.69],
  blue: [0.15, 0.06],
  white: D65,
};

/** IEC 61966-2-1. */
export const srgbToLinear: Curve = (value) =>
  value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;

/** IEC 61966-2-1, the other way. */
export const linearToSrgb = (light: number): number =>
  light <= 0.0031308 ? light * 12.92 : 1.055 * light ** (1 / 2.4) - 0.055;

/** One curve and sRGB's primaries; grey, too. */
export const curvedSpace = (curve: Curve): ColourSpace => ({
  curves: [curve, curve, curve],
  matrix: IDENTITY,
});

/** Some primaries and one curve; its white is shown as sRGB's. The matrix is not finite where they span nothing. */
export const spaceOf = (primaries: Primaries, curve: Curve): ColourSpace => ({
  curves: [curve, curve, curve],
  matrix: multiply(srgbFrom(xyzOf(primaries.white)), toXyz(primaries)),
});

/** From linear light of sRGB's primaries to that of a profile's; to the same when absent. */
export const fromSrgb = (profile: WideProfile | undefined): Matrix =>
  profile === undefined ? IDENTITY : multiply(invert(toXyz(P3_PRIMARIES)), toXyz(SRGB_PRIMARIES));

/** Profiles state P3's primaries so differently that the matrix from there to P3 is off by as much. */
const MATRIX_TOLERANCE = 0.004;

/**
 * What has to be converted for a picture's values to mean what is wanted; undefined where they mean it as they are stored.
 * @param stored what the file's values mean.
 */
export function conversionTo(
  profile: WideProfile | undefined,
  stored: ColourSpace | "sRGB",
): ColourSpace | undefined {
  if (profile === undefined) return stored === "sRGB" ? undefined : stored;
  const { curves, matrix } = stored === "sRGB" ? curvedSpace(srgbToLinear) : stored;
  const space = { curves, matrix: multiply(fromSrgb(profile), matrix) };
  const isItself = space.matrix
    .flat()
    .every((value, i) => Math.abs(value - (i % 4 === 0 ? 1 : 0)) < MATRIX_TOLERANCE);
  return isItself && curves.every(isSrgbCurve) ? undefined : space;
}

/** A plain gamma of 2.2, the nearest stranger, is off by 0.004 in the middle. */
const CURVE_TOLERANCE = 0.0015;

/** Whether a curve is sRGB's, but for rounding. */
export const isSrgbCurve = (curve: Curve): boolean =>
  Array.from({ length: 33 }, (_, i) => i / 32).every(
    (x) => Math.abs(curve(x) - srgbToLinear(x)) < CURVE_TOLERANCE,
  );

/** From XYZ under some white to sRGB's linear light. */
export const srgbFrom = (white: Triple<number>): Matrix =>
  multiply(invert(toXyz(SRGB_PRIMARIES)), adaptation(white, xyzOf(D65)));

/** From linear light to XYZ under the primaries' own white (SMPTE RP 177). */
function toXyz({ red, green, blue, white }: Primaries): Matrix {
  const columns = transpose([xyzOf(red), xyzOf(green), xyzOf(blue)]);
  const [r, g, b] = apply(invert(columns), xyzOf(white));
  return multiply(columns, diagonal(r, g, b));
}

const xyzOf = ([x, y]: Chromaticity): Triple<number> => [x / y, 1, (1 - x - y) / y];

const diagonal = (a: number, b: number, c: number): Matrix => [
  [a, 0, 0],
  [0, b, 0],
  [0, 0, c],
];

/** Bradford's cone responses, as profiles are adapted (ICC.1:2022, annex E). */
const BRADFORD: Matrix = [
  [0.8951, 0.2664, -0.1614],
  [-0.7502, 1.7135, 0.0367],
  [0.0389, -0.0685, 1.0296],
];

function adaptation(from: Triple<number>, to: Triple<number>): Matrix {
  const [a, b] = [apply(BRADFORD, from), apply(BRADFORD, to)];
  return multiply(invert(BRADFORD), multiply(diagonal(b[0] / a[0], b[1] / a[1], b[2] / a[2]), BRADFORD));
}

/** Curves are looked up in tables of so many steps, 16-bit values without rounding. */
const STEPS = 65_535;

/**
 * Converts planes of a space to values of the primaries its matrix leads to, in place, since pictures are large.
 *
 * @param rgb `[3, height, width]`; what is not in [0, 1] is clipped, what is no number is black.
 */
export function convertColours(rgb: Float32Array, { curves, matrix }: ColourSpace): void {
  const [red, green, blue] = curves.map(tabulate);
  const toStored = tabulate(linearToSrgb);
  const [[rr, rg, rb], [gr, gg, gb], [br, bg, bb]] = matrix;
  const size = rgb.length / 3;
  for (let i = 0; i < size; i++) {
    const r = lookUp(red, rgb[i]);
    const g = lookUp(green, rgb[size + i]);
    const b = lookUp(blue, rgb[2 * size + i]);
    rgb[i] = lookUp(toStored, rr * r + rg * g + rb * b);
    rgb[size + i] = lookUp(toStored, gr * r + gg * g + gb * b);
    rgb[2 * size + i] = lookUp(toStored, br * r + bg * g + bb * b);
  }
}

const tabulate = (curve: Curve): Float32Array =>
  Float32Array.from({ length: STEPS + 1 }, (_, i) => curve(i / STEPS));

function lookUp(table: Float32Array, value: number): number {
  if (!(value > 0)) return table[0];
  if (value >= 1) return table[STEPS];
  const position = value * STEPS;
  const low = Math.floor(position);
  return table[low] + (table[low + 1] - table[low]) * (position - low);
}
