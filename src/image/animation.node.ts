/**
 * From pictures to one that moves: an animated WebP or GIF, which begins again when it ends.
 * @module
 */

import { MisuseError } from "../errors.ts";
import { overWhite } from "./alpha.ts";
import type { Picture } from "./picture.ts";
import { toSamples } from "./samples.ts";
import { openRaw } from "./sharp.node.ts";
import type { Size } from "./size.ts";

/** A format that can hold several pictures one after another. */
export type AnimationFormat = "webp" | "gif";

/** What a format can hold. */
export interface AnimationLimits {
  /** Pixels a side. */
  readonly longest: number;
  /** Milliseconds that times are counted in. */
  readonly unit: number;
  /** Milliseconds that a frame is shown at least: browsers slow down what is quicker, and each costs a GIF a good deal. */
  readonly shortest: number;
}

/** By format. */
export const ANIMATION_LIMITS: Readonly<Record<AnimationFormat, AnimationLimits>> = {
  webp: { longest: 16_383, unit: 1, shortest: 20 },
  gif: { longest: 65_535, unit: 10, shortest: 50 },
};

/** For GIF: the usual 7 takes five times as long for a tenth of the size. */
const EFFORT = 4;

/** For WebP: frames are seen for a moment each. */
const QUALITY = 85;

const CHANNELS = 3;

/** A picture and the milliseconds that it is shown. */
export interface Frame {
  readonly picture: Picture;
  readonly milliseconds: number;
}

/** Bytes that it takes to encode so many frames of a size: the pixels, as given and as libvips has them. */
export const animationBytes = ({ width, height }: Size, frames: number): number =>
  3 * frames * width * height * CHANNELS;

/**
 * Encodes frames, which all have the same size; what is transparent is laid over white.
 *
 * @param frames told one after another, so that not all of them have to be there as pictures.
 * @param count how many there are.
 * @throws MisuseError when they are too large for the format.
 */
export async function encodeAnimation(
  frames: AsyncIterable<Frame>,
  count: number,
  { width, height }: Size,
  format: AnimationFormat,
): Promise<Uint8Array> {
  const { longest } = ANIMATION_LIMITS[format];
  if (Math.max(width, height) > longest) {
    throw new MisuseError(
      `A ${format} file holds at most ${longest} pixels a side, not ${width}×${height}; choose a smaller size`,
    );
  }
  const frameBytes = width * height * CHANNELS;
  const bytes = new Uint8Array(count * frameBytes);
  const delay: number[] = [];
  for await (const { picture, milliseconds } of frames) {
    bytes.set(toSamples(overWhite(picture), 8), delay.length * frameBytes);
    delay.push(milliseconds);
  }
  const raw = { width, height: count * height, channels: CHANNELS, pageHeight: height } as const;
  const opened = await openRaw(bytes, raw);
  const encoded =
    format === "webp"
      ? opened.webp({ delay, loop: 0, quality: QUALITY, smartSubsample: true })
      : opened.gif({ delay, loop: 0, effort: EFFORT });
  return encoded.toBuffer();
}
