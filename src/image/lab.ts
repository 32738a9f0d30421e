/**
 * CIE L*a*b* under D50, as TIFF and profiles have it, to linear light of sRGB's primaries or a profile's.
 * @module
 */

import { D50_XYZ, fromSrgb, srgbFrom } from "./colour-space.ts";
import { apply, invert, multiply, type Triple } from "./matrix.ts";
import type { WideProfile } from "./picture.ts";

/** CIE 15: f⁻¹, cubic from 6/29 on and linear below. */
const unfold = (t: number): number => (t > 6 / 29 ? t ** 3 : 3 * (6 / 29) ** 2 * (t - 4 / 29));

/** CIE 15: f, a cube root from (6/29)³ on and linear below. */
const fold = (t: number): number => (t > (6 / 29) ** 3 ? Math.cbrt(t) : t / (3 * (6 / 29) ** 2) + 4 / 29);

/** The luminance of a lightness from 0 to 100. */
export const luminanceOf = (lightness: number): number => unfold((lightness + 16) / 116);

/**
 * Makes a function from L* (0 to 100), a* and b* to linear light, which may lie outside of [0, 1].
 * @param profile whose primaries' light; sRGB's when absent.
 */
export function labToLinear(profile?: WideProfile): (lab: Triple<number>) => Triple<number> {
  const matrix = multiply(fromSrgb(profile), srgbFrom(D50_XYZ));
  const [x, y, z] = D50_XYZ;
  return ([lightness, a, b]) => {
    const f = (lightness + 16) / 116;
    return apply(matrix, [x * unfold(f + a / 500), y * unfold(f), z * unfold(f - b / 200)]);
  };
}

/** Makes a function from linear light to L* (0 to 100), a* and b*. @param profile as of {@link labToLinear}. */
export function linearToLab(profile?: WideProfile): (linear: Triple<number>) => Triple<number> {
  const matrix = invert(multiply(fromSrgb(profile), srgbFrom(D50_XYZ)));
  return (linear) => {
    const [x, y, z] = apply(matrix, linear);
    const [fx, fy, fz] = [fold(x / D50_XYZ[0]), fold(y / D50_XYZ[1]), fold(z / D50_XYZ[2])];
    return [116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)];
  };
}
