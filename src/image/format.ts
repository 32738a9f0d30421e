/**
 * The formats impasto writes, and what each can hold.
 * @module
 */

import { MisuseError } from "../errors.ts";
import type { Depth } from "./samples.ts";

/** A format that pictures are written in. */
export type PictureFormat = "png" | "jpeg" | "webp" | "tiff";

const FORMATS: Readonly<Record<string, PictureFormat>> = {
  ".png": "png",
  ".jpg": "jpeg",
  ".jpeg": "jpeg",
  ".webp": "webp",
  ".tif": "tiff",
  ".tiff": "tiff",
};

/** The longest side each format can state in its header, in pixels. */
const LONGEST: Readonly<Record<PictureFormat, number>> = {
  png: 2 ** 31 - 1,
  jpeg: 65_535,
  webp: 16_383,
  tiff: 2 ** 31 - 1,
};

/**
 * The format that a file name's extension asks for, in any case.
 *
 * @throws MisuseError when the extension is missing or unknown; it lists those there are.
 * @example
 * formatOfPath("out/cat.JPG"); // "jpeg"
 */
export function formatOfPath(path: string): PictureFormat {
  const extension = /\.[^./\\]*$/.exec(path)?.[0].toLowerCase() ?? "";
  const format = Object.hasOwn(FORMATS, extension) ? FORMATS[extension] : undefined;
  if (format === undefined) {
    throw new MisuseError(
      `Expected an output that ends in one of ${Object.keys(FORMATS).join(", ")} but received "${path}"`,
    );
  }
  return format;
}

/** Those that hold 16 bits. */
const DEEP: readonly PictureFormat[] = ["png", "tiff"];

/**
 * Refuses a depth that a format cannot hold; to be called before the work, not after it.
 *
 * @param file what to call the file in the message.
 * @throws MisuseError when it has fewer bits a channel.
 */
export function checkDepth(format: PictureFormat, depth: Depth, file = `A ${format} file`): void {
  if (depth === 16 && !DEEP.includes(format)) {
    throw new MisuseError(
      `${file} holds 8 bits a channel, not ${depth}; write a .png or .tiff, or leave the depth at 8`,
    );
  }
}

/**
 * Refuses a size that a format cannot hold; to be called before the work, not after it.
 *
 * @throws MisuseError when a side is too long for the format.
 */
export function checkFits(format: PictureFormat, width: number, height: number): void {
  if (Math.max(width, height) > LONGEST[format]) {
    throw new MisuseError(
      `A ${format} file holds at most ${LONGEST[format]} pixels a side, not ${width}×${height}; write a .png or choose a smaller size`,
    );
  }
}
