/**
 * Masks: soft grey pictures that say where something counts, 0 nowhere to 1 fully.
 * @module
 */
import { MisuseError } from "../errors.ts";
import type { Picture } from "./picture.ts";
import { resample } from "./resample.ts";
import type { Size } from "./size.ts";

/** A mask of any size. */
export interface Mask extends Size {
  /** `[height, width]`, in [0, 1]. */
  readonly values: Float32Array;
}

/** How bright the primaries of sRGB are (IEC 61966-2-1). */
const LUMA = [0.2126, 0.7152, 0.0722];

/**
 * A picture as a mask: its brightness, and nothing where it is transparent.
 * @param name what to call it in messages.
 * @throws MisuseError when it is black everywhere.
 */
export function maskOf({ width, height, rgb, alpha }: Picture, name = "The mask"): Mask {
  const plane = width * height;
  const values = new Float32Array(plane);
  for (let i = 0; i < plane; i++) {
    const [r, g, b] = [rgb[i], rgb[plane + i], rgb[2 * plane + i]];
    const brightness = r === g && g === b ? r : LUMA[0] * r + LUMA[1] * g + LUMA[2] * b;
    values[i] = brightness * (alpha?.[i] ?? 1);
  }
  if (values.every((value) => value < FAINTEST)) {
    throw new MisuseError(
      `${name} is black everywhere, so that nothing would count: paint white what is meant.`,
    );
  }
  return { width, height, values };
}

/** @throws MisuseError for a mask that has not one value in [0, 1] for each place. */
export function checkMask({ width, height, values }: Mask, name: string): void {
  const wrong = values.find((value) => !(value >= 0 && value <= 1));
  if (wrong !== undefined) {
    throw new MisuseError(`Expected values from 0 to 1 for ${name} but received ${wrong}.`);
  }
  if (values.length === width * height) return;
  throw new MisuseError(`Expected ${width}×${height} values for ${name} but received ${values.length}.`);
}

/** Half a level of 256: what is darker is black. */
const FAINTEST = 0.5 / 255;

/** The mask's values at another size, antialiased and in [0, 1]. */
export function resizeMask({ width, height, values }: Mask, size: Size): Float32Array {
  if (width === size.width && height === size.height) return values;
  const resized = resample(values, 1, height, width, size.height, size.width);
  return resized.map((value) => Math.min(1, Math.max(0, value)));
}
