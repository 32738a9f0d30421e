/**
 * Pictures at another size. Colours are weighted by alpha while they are mixed, so that what cannot be
 * seen does not bleed into what can; overshoot is clamped at the end.
 * @module
 */

import { inProfile, type Picture } from "./picture.ts";
import { resample } from "./resample.ts";

/** Below this alpha a pixel's colour is noise divided by nothing. */
const INVISIBLE = 1e-6;

/**
 * Resamples a picture: bicubic, antialiased when it shrinks.
 *
 * @returns A picture of `width` × `height`; `picture` itself, untouched, when it already has that size.
 * @throws MisuseError when a size is not a positive whole number.
 * @example
 * const half = resize(picture, 256, 192);
 */
export function resize(picture: Picture, width: number, height: number): Picture {
  if (picture.width === width && picture.height === height) return picture;
  const { alpha, profile } = picture;
  const at = (data: Float32Array, channels: number): Float32Array =>
    resample(data, channels, picture.height, picture.width, height, width);
  if (alpha === undefined) return inProfile({ width, height, rgb: clamp(at(picture.rgb, 3)) }, profile);

  const weighted = picture.rgb.map((value, i) => value * (alpha[i % alpha.length] ?? 0));
  const newAlpha = at(alpha, 1);
  const rgb = at(weighted, 3).map((value, i) => {
    const weight = newAlpha[i % newAlpha.length] ?? 0;
    return weight > INVISIBLE ? value / weight : 0;
  });
  return inProfile({ width, height, rgb: clamp(rgb), alpha: clamp(newAlpha) }, profile);
}

function clamp(values: Float32Array): Float32Array {
  return values.map((value) => Math.min(1, Math.max(0, value)));
}
