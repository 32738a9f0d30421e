/**
 * CIE L*a*b* under D50, as TIFF and profiles have it, to sRGB's linear light.
 * @module
 */

import { D50_XYZ, srgbFrom } from "./colour-space.ts";
import { apply, type Triple } from "./matrix.ts";

/** CIE 15: f⁻¹, cubic from 6/29 on and linear below. */
const unfold = (t: number): number => (t > 6 / 29 ? t ** 3 : 3 * (6 / 29) ** 2 * (t - 4 / 29));

/** The luminance of a lightness from 0 to 100. */
export const luminanceOf = (lightness: number): number => unfold((lightness + 16) / 116);

/** Makes a function from L* (0 to 100), a* and b* to linear light, which may lie outside of [0, 1]. */
export function labToLinear(): (lab: Triple<number>) => Triple<number> {
  const matrix = srgbFrom(D50_XYZ);
  const [x, y, z] = D50_XYZ;
  return ([lightness, a, b]) => {
    const f = (lightness + 16) / 116;
    return apply(matrix, [x * unfold(f + a / 500), y * unfold(f), z * unfold(f - b / 200)]);
  };
}
