/**
 * From files to pictures: PNG, JPEG, WebP, AVIF, TIFF and GIF (the first frame) become upright sRGB floats
 * at the precision of the file.
 * @module
 */

import { readBytes } from "./file.node.ts";
import { isSrgbProfile } from "./icc.ts";
import type { Picture } from "./picture.ts";
import { explain, openPicture, readMetadata } from "./sharp.node.ts";

/**
 * Reads a picture file.
 *
 * @returns Upright, sRGB; a value of an sRGB file is exactly its byte / 255 (or its 16 bits / 65535).
 * @throws MisuseError when there is no such file, or it is a folder or may not be read.
 * @throws ImpastoError when it is empty, damaged, too large, or not a picture that impasto reads.
 * @example
 * const { width, height, rgb } = await readPicture("cat.png");
 */
export async function readPicture(path: string): Promise<Picture> {
  return decodePicture(await readBytes(path), path);
}

/**
 * Decodes a picture file held in memory.
 *
 * @param name what to call it in messages.
 * @returns As `readPicture`.
 * @throws ImpastoError when the bytes are damaged, too large, or not a picture that impasto reads.
 */
export async function decodePicture(bytes: Uint8Array, name: string): Promise<Picture> {
  const { format, space, depth, bitsPerSample, icc } = await readMetadata(bytes, name);
  const ignoreIcc = icc === undefined || isSrgbProfile(icc);
  // From CMYK, libvips converts to 8 bits whatever there was.
  const deep = depth !== "uchar" && space !== "cmyk";
  let opened = await openPicture(bytes, { ignoreIcc });
  if (deep) opened = opened.toColourspace("rgb16");
  // With more than 8 bits, sharp goes through Display P3 and stays there unless told otherwise.
  if (deep && !ignoreIcc) opened = opened.withIccProfile("srgb");
  const { data, info } = await opened
    .raw({ depth: deep ? "ushort" : "uchar" })
    .toBuffer({ resolveWithObject: true })
    .catch((cause: unknown) => {
      throw explain(cause, name);
    });
  if (!deep) return fromSamples(data, 255, info);
  const bits = (format === "heif" && bitsPerSample) || 16;
  // 10 and 12 bits are shifted up to 16, not stretched.
  return fromSamples(sixteenBits(data), (2 ** bits - 1) * 2 ** (16 - bits), info);
}

function sixteenBits(data: Uint8Array): Uint16Array {
  const aligned = data.byteOffset % 2 === 0 ? data : data.slice();
  return new Uint16Array(aligned.buffer, aligned.byteOffset, aligned.byteLength / 2);
}

/** Interleaved whole numbers, 1 to 5 channels, to a picture: planar, in [0, 1]. */
function fromSamples(
  samples: Uint8Array | Uint16Array,
  white: number,
  { width, height, channels }: { width: number; height: number; channels: number },
): Picture {
  const size = width * height;
  const colours = channels < 3 ? 1 : 3;
  const plane = (channel: number): Float32Array => {
    const values = new Float32Array(size);
    for (let i = 0; i < size; i++) values[i] = Math.min(1, (samples[i * channels + channel] ?? 0) / white);
    return values;
  };
  const rgb = new Float32Array(3 * size);
  for (let channel = 0; channel < 3; channel++) {
    rgb.set(plane(colours === 1 ? 0 : channel), channel * size);
  }
  if (channels === colours) return { width, height, rgb };
  const alpha = plane(colours);
  return alpha.every((value) => value === 1) ? { width, height, rgb } : { width, height, rgb, alpha };
}
