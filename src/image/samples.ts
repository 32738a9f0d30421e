/**
 * Pictures as whole numbers, the way files hold them.
 * @module
 */

import type { Picture } from "./picture.ts";

/** Bits a channel that a picture is written with. */
export type Depth = 8 | 16;

/** Interleaved RGB or, where it has alpha, RGBA; values are clamped to [0, 1] and rounded, halves up. */
export function toSamples({ width, height, rgb, alpha }: Picture, depth: Depth): Uint8Array | Uint16Array {
  const size = width * height;
  const channels = alpha === undefined ? 3 : 4;
  const samples = depth === 8 ? new Uint8Array(size * channels) : new Uint16Array(size * channels);
  const white = 2 ** depth - 1;
  const sampleOf = (value = 0): number => Math.floor(Math.min(1, Math.max(0, value)) * white + 0.5);
  for (let channel = 0; channel < 3; channel++) {
    for (let i = 0; i < size; i++) samples[i * channels + channel] = sampleOf(rgb[channel * size + i]);
  }
  alpha?.forEach((value, i) => {
    samples[i * channels + 3] = sampleOf(value);
  });
  return samples;
}
