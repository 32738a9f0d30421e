/**
 * Transparency around a transfer: the network sees opaque pictures only, so alpha is taken off before
 * and put back after.
 * @module
 */

import { MisuseError } from "../errors.ts";
import { inProfile, type Picture } from "./picture.ts";

/** What a picture with nothing to see in it is laid over. */
const GREY = 0.5;

/**
 * Lays a picture over its own mean colour, weighted by alpha: the transparent parts become what is least
 * foreign to the rest.
 *
 * @returns An opaque picture; `picture` itself when it has no alpha.
 * @example
 * const opaque = overMeanColour(await readPicture("logo.png"));
 */
export function overMeanColour(picture: Picture): Picture {
  const { width, height, rgb, alpha, checksum, profile } = picture;
  if (alpha === undefined) return picture;
  const size = width * height;
  const weight = alpha.reduce((sum, value) => sum + value, 0);
  const result = new Float32Array(3 * size);
  for (let channel = 0; channel < 3; channel++) {
    const plane = rgb.subarray(channel * size, (channel + 1) * size);
    const sum = plane.reduce((total, value, i) => total + value * (alpha[i] ?? 0), 0);
    const mean = weight > 0 ? sum / weight : GREY;
    for (let i = 0; i < size; i++) {
      const opacity = alpha[i] ?? 0;
      result[channel * size + i] = (plane[i] ?? 0) * opacity + mean * (1 - opacity);
    }
  }
  const opaque = { width, height, rgb: result, ...(checksum === undefined ? {} : { checksum }) };
  return inProfile(opaque, profile);
}

/**
 * Gives a picture the transparency of another of its size.
 *
 * @param alpha `[height, width]` in [0, 1]; absent makes the picture opaque.
 * @throws MisuseError when `alpha` has another size than the picture.
 * @example
 * const result = withAlpha(stylised, content.alpha);
 */
export function withAlpha(picture: Picture, alpha: Float32Array | undefined): Picture {
  const { width, height, rgb } = picture;
  if (alpha === undefined) return { width, height, rgb };
  if (alpha.length !== width * height) {
    throw new MisuseError(`Expected ${width}×${height} alpha values but received ${alpha.length}`);
  }
  return { width, height, rgb, alpha };
}

/** Lays a picture over white, for formats without transparency. */
export function overWhite(picture: Picture): Picture {
  const { width, height, rgb, alpha, profile } = picture;
  if (alpha === undefined) return picture;
  const laid = rgb.map((value, i) => {
    const opacity = alpha[i % alpha.length] ?? 0;
    return value * opacity + 1 - opacity;
  });
  return inProfile({ width, height, rgb: laid }, profile);
}
