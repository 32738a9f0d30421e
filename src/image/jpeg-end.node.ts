/**
 * JPEGs that break off before their end mark. Some programs leave it out, and some copies lack the last few bytes:
 * then every pixel is there, or all but a few of the last block. A file that is cut short in earnest is told from
 * those by trying: where something is still to come, what comes next changes the picture.
 * @module
 */

import { openPicture } from "./sharp.node.ts";

const MARK = 0xff;
const END_OF_IMAGE = Uint8Array.of(MARK, 0xd9);
const START_OF_SCAN = Uint8Array.of(MARK, 0xda);
const NOTHING = new Uint8Array();

/** In place of what may be missing: bytes that change whatever they are read into. */
const SOMETHING = new Uint8Array(64).fill(0x5a);

/** The side of the last block, and a pixel that smooth colour takes from it. */
const BLOCK = 16 + 1;

/** Larger pictures are compared in small. */
const LONGEST = 4096;

/** Whether there is no end mark behind the last scan. */
export function lacksEnd(jpeg: Uint8Array): boolean {
  const bytes = Buffer.from(jpeg.buffer, jpeg.byteOffset, jpeg.byteLength);
  return bytes.lastIndexOf(END_OF_IMAGE) < bytes.lastIndexOf(START_OF_SCAN);
}

/** The same file with an end mark. */
export const withEnd = (jpeg: Uint8Array): Uint8Array => endedWith(jpeg, NOTHING);

/** Whether all the pixels of a JPEG without an end mark are there, or all but those of its last block. */
export async function hasAllPixels(jpeg: Uint8Array): Promise<boolean> {
  const one = await shown(endedWith(jpeg, NOTHING));
  const other = await shown(endedWith(jpeg, SOMETHING));
  const { width, height, channels } = one.info;
  return one.data.every((value, i) => {
    const pixel = Math.floor(i / channels);
    const isLast = pixel % width >= width - BLOCK && Math.floor(pixel / width) >= height - BLOCK;
    return value === other.data[i] || isLast;
  });
}

function endedWith(jpeg: Uint8Array, more: Uint8Array): Uint8Array {
  // The first half of a mark says that nothing more is to come.
  const length = jpeg.at(-1) === MARK ? jpeg.length - 1 : jpeg.length;
  const ended = new Uint8Array(length + more.length + END_OF_IMAGE.length);
  ended.set(jpeg.subarray(0, length));
  ended.set(more, length);
  ended.set(END_OF_IMAGE, length + more.length);
  return ended;
}

/** As stored, not upright. */
async function shown(jpeg: Uint8Array) {
  const opened = await openPicture(jpeg, { ignoreIcc: true, autoOrient: false });
  const small = opened.resize({ width: LONGEST, height: LONGEST, fit: "inside", withoutEnlargement: true });
  return small.raw().toBuffer({ resolveWithObject: true });
}
