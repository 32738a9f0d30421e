/**
 * Text in PNG files: `iTXt` chunks (PNG specification, 11.3.3.4), which hold Unicode. Works on the bytes
 * alone; the reader takes any bytes, the writer takes a well-formed PNG.
 * @module
 */

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

/** Length, type and CRC: what a chunk has beside its data. */
const FRAME = 12;

/** Whether bytes begin as a PNG file does. */
export function isPng(bytes: Uint8Array): boolean {
  return SIGNATURE.every((byte, i) => bytes[i] === byte);
}

/**
 * Adds a text to a PNG file, uncompressed, right behind its header.
 *
 * @param keyword 1 to 79 Latin letters.
 * @returns New bytes; lone surrogates in `text` become U+FFFD.
 */
export function writePngText(png: Uint8Array, keyword: string, text: string): Uint8Array {
  const encoder = new TextEncoder();
  // keyword, 0; not compressed, method 0; no language, 0; no translated keyword, 0; text
  const body = encoder.encode(`iTXt${keyword}\0\0\0\0\0${text}`);
  const headerEnd = SIGNATURE.length + FRAME + lengthAt(png, SIGNATURE.length);
  const result = new Uint8Array(png.length + body.length + 8);
  result.set(png.subarray(0, headerEnd));
  const view = new DataView(result.buffer);
  view.setUint32(headerEnd, body.length - 4);
  result.set(body, headerEnd + 4);
  view.setUint32(headerEnd + 4 + body.length, crc32(body));
  result.set(png.subarray(headerEnd), headerEnd + 8 + body.length);
  return result;
}

/**
 * Finds the first text under a keyword in a PNG file.
 *
 * @returns Undefined when there is none, when it is compressed or damaged, and when the bytes are no PNG.
 */
export function readPngText(png: Uint8Array, keyword: string): string | undefined {
  if (!isPng(png)) return undefined;
  for (let at = SIGNATURE.length; at + FRAME <= png.length; at += FRAME + lengthAt(png, at)) {
    const dataEnd = at + 8 + lengthAt(png, at);
    if (dataEnd + 4 > png.length) return undefined;
    const body = png.subarray(at + 4, dataEnd);
    const found = textOf(body, keyword);
    if (found !== undefined && lengthAt(png, dataEnd) === crc32(body)) return found;
  }
  return undefined;
}

/** The text of a chunk (type and data) if it is an uncompressed `iTXt` chunk under the keyword. */
function textOf(body: Uint8Array, keyword: string): string | undefined {
  const start = new TextEncoder().encode(`iTXt${keyword}\0\0\0`);
  if (!start.every((byte, i) => body[i] === byte)) return undefined;
  const languageEnd = body.indexOf(0, start.length);
  const translationEnd = languageEnd < 0 ? -1 : body.indexOf(0, languageEnd + 1);
  if (translationEnd < 0) return undefined;
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(body.subarray(translationEnd + 1));
}

/** A big-endian 32-bit number. */
function lengthAt(bytes: Uint8Array, at: number): number {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(at);
}

/** ISO 3309, bit by bit: recipes are a few kilobytes, a table would be more to read than it saves. */
function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return (crc ^ 0xffffffff) >>> 0;
}
