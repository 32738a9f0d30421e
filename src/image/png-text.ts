/**
 * Text in PNG files (PNG specification, 11.3.3): written as `iTXt`, which holds Unicode, or plainly as `tEXt`; read from
 * these and from `zTXt`, into which other programs turn them. What is compressed is handed on as it is.
 * @module
 */

import { isIntact, type PngChunk, pngChunks } from "./png-chunks.ts";

/** A text as it stands in a file. */
interface PngText {
  readonly bytes: Uint8Array;
  /** Whether the bytes are a zlib stream. */
  readonly compressed: boolean;
}

const TEXT_TYPES = ["tEXt", "zTXt", "iTXt"];

/** A longer text is not read: no recipe is as long. */
export const LONGEST_TEXT = 2 ** 24;

/**
 * A chunk of Unicode text, uncompressed.
 *
 * @param keyword 1 to 79 Latin letters.
 * @param text lone surrogates become U+FFFD.
 */
export const unicodeText = (keyword: string, text: string): Pick<PngChunk, "type" | "data"> => ({
  type: "iTXt",
  // keyword, 0; not compressed, method 0; no language, 0; no translated keyword, 0; text
  data: new TextEncoder().encode(`${keyword}\0\0\0\0\0${text}`),
});

/** A chunk of plain text. @param text of ASCII letters. */
export const plainText = (keyword: string, text: string): Pick<PngChunk, "type" | "data"> => ({
  type: "tEXt",
  data: new TextEncoder().encode(`${keyword}\0${text}`),
});

/**
 * Finds the first text under a keyword in a PNG file.
 *
 * @returns Undefined when there is none, when it is damaged or too long, and when the bytes are no PNG.
 */
export function findPngText(png: Uint8Array, keyword: string): PngText | undefined {
  const start = new TextEncoder().encode(`${keyword}\0`);
  for (const chunk of pngChunks(png)) {
    const { type, data } = chunk;
    if (!TEXT_TYPES.includes(type) || !start.every((byte, i) => data[i] === byte)) continue;
    if (data.length > LONGEST_TEXT || !isIntact(png, chunk)) return undefined;
    return textIn(type, data.subarray(start.length));
  }
  return undefined;
}

/** A text as a string: UTF-8, which also `tEXt` and `zTXt` often hold, or else Latin letters as they should. */
export function decodeText(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return new TextDecoder("latin1").decode(bytes);
  }
}

/** @param rest what stands behind the keyword. */
function textIn(type: string, rest: Uint8Array): PngText | undefined {
  switch (type) {
    case "tEXt":
      return { bytes: rest, compressed: false };
    case "zTXt":
      return { bytes: rest.subarray(1), compressed: true };
    case "iTXt": {
      const languageEnd = rest.indexOf(0, 2);
      const translationEnd = languageEnd < 0 ? -1 : rest.indexOf(0, languageEnd + 1);
      if (translationEnd < 0) return undefined;
      return { bytes: rest.subarray(translationEnd + 1), compressed: rest[0] === 1 };
    }
    default:
      return undefined;
  }
}
