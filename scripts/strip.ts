/**
 * Pictures side by side, as the JPEG of one figure.
 * @module
 */
import type { Picture } from "../src/image/picture.ts";
import { openRaw } from "../src/image/sharp.node.ts";

const GAP = 6;

/** What noise costs in bytes decides this, not what the eye sees. */
const QUALITY = 80;

/** Encodes pictures of one height side by side on white. */
export async function encodeStrip(pictures: readonly Picture[]): Promise<Uint8Array> {
  const height = Math.max(...pictures.map((picture) => picture.height));
  const width = pictures.reduce((sum, picture) => sum + picture.width + GAP, -GAP);
  const bytes = new Uint8Array(3 * width * height).fill(255);
  let left = 0;
  for (const picture of pictures) {
    const plane = picture.width * picture.height;
    for (let i = 0; i < 3 * plane; i++) {
      const [channel, pixel] = [Math.floor(i / plane), i % plane];
      const [x, y] = [left + (pixel % picture.width), Math.floor(pixel / picture.width)];
      bytes[3 * (y * width + x) + channel] = Math.round(255 * Math.min(1, Math.max(0, picture.rgb[i])));
    }
    left += picture.width + GAP;
  }
  return (await openRaw(bytes, { width, height, channels: 3 })).jpeg({ quality: QUALITY }).toBuffer();
}
