/**
 * Where a GIF's first picture lies on its canvas (GIF89a, 18 to 24). Around it there is nothing, which libvips paints
 * black where no colour of the file is transparent.
 * @module
 */

import type { Picture } from "./picture.ts";
import type { Size } from "./size.ts";

/** A part of the canvas. */
interface Frame extends Size {
  readonly left: number;
  readonly top: number;
}

/** Signature and the canvas; then a table of colours where there is one. */
const HEADER = 13;
const EXTENSION = 0x21;
const PICTURE = 0x2c;

/** Finds the first picture's place; undefined for what is no GIF, or is cut short before. */
export function firstFrame(bytes: Uint8Array): Frame | undefined {
  if (String.fromCharCode(...bytes.subarray(0, 4)) !== "GIF8" || bytes.length < HEADER) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const packed = view.getUint8(10);
  let at = HEADER + (packed & 0x80 ? 3 * 2 ** ((packed & 7) + 1) : 0);
  while (bytes[at] === EXTENSION) {
    at += 2;
    // Blocks, each behind its length, up to one of none.
    while (bytes[at] > 0) at += bytes[at] + 1;
    at += 1;
  }
  if (bytes[at] !== PICTURE || at + 9 > bytes.length) return undefined;
  const [left, top, width, height] = [1, 3, 5, 7].map((i) => view.getUint16(at + i, true));
  return { left, top, width, height };
}

/**
 * Makes a picture transparent, and black, around a frame.
 *
 * @param scale by which the picture was reduced.
 */
export function clearAround(picture: Picture, frame: Frame, scale: number): Picture {
  const { width, height } = picture;
  const [left, top, right, bottom] = [
    frame.left,
    frame.top,
    frame.left + frame.width,
    frame.top + frame.height,
  ].map((edge) => Math.round(scale * edge));
  if (left === 0 && top === 0 && right >= width && bottom >= height) return picture;
  const alpha = picture.alpha?.slice() ?? new Float32Array(width * height).fill(1);
  const rgb = picture.rgb.slice();
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (x >= left && x < right && y >= top && y < bottom) continue;
      alpha[y * width + x] = 0;
      for (let channel = 0; channel < 3; channel++) rgb[(channel * height + y) * width + x] = 0;
    }
  }
  return { ...picture, rgb, alpha };
}
