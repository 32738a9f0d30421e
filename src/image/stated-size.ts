/**
 * What the first bytes of a picture file say: that it is one of those that browsers read, and how many pixels it has, so
 * that one with too many is not decoded.
 * @module
 */
import { isPng } from "./png-chunks.ts";
import type { Size } from "./size.ts";

/** The size that a PNG, JPEG, GIF, WebP or AVIF states, not upright; undefined for anything else, and where it is cut off. */
export function statedSize(bytes: Uint8Array): Size | undefined {
  try {
    return sizeIn(bytes, new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  } catch (error) {
    if (error instanceof RangeError) return undefined; // reading past the end
    throw error;
  }
}

function sizeIn(bytes: Uint8Array, view: DataView): Size | undefined {
  if (isPng(bytes)) return { width: view.getUint32(16), height: view.getUint32(20) };
  if (letters(bytes, 0, 4) === "GIF8") {
    return { width: view.getUint16(6, true), height: view.getUint16(8, true) };
  }
  if (letters(bytes, 0, 4) === "RIFF" && letters(bytes, 8, 12) === "WEBP") return webpSize(bytes, view);
  if (["avif", "avis", "mif1"].includes(letters(bytes, 8, 12))) return avifSize(bytes, view);
  return view.getUint16(0) === 0xffd8 ? jpegSize(view) : undefined;
}

/** Marks of frames, of whatever kind: 0xffc0 to 0xffcf without the tables among them (ITU-T T.81, B.1.1.3). */
const TABLES = [0xc4, 0xc8, 0xcc];

/** Segments follow each other, each with its length behind its mark, up to the frame's. */
function jpegSize(view: DataView): Size | undefined {
  for (let at = 2; ; ) {
    const mark = view.getUint8(at + 1);
    if (view.getUint8(at) !== 0xff) return undefined;
    // Marks may be filled up in front.
    if (mark === 0xff) {
      at += 1;
      continue;
    }
    if (mark >= 0xc0 && mark <= 0xcf && !TABLES.includes(mark)) {
      return { width: view.getUint16(at + 7), height: view.getUint16(at + 5) };
    }
    at += 2 + view.getUint16(at + 2);
  }
}

/** RFC 9649, 2.5 to 2.7. */
function webpSize(bytes: Uint8Array, view: DataView): Size | undefined {
  switch (letters(bytes, 12, 16)) {
    case "VP8 ":
      return { width: view.getUint16(26, true) & 0x3fff, height: view.getUint16(28, true) & 0x3fff };
    case "VP8L": {
      const bits = view.getUint32(21, true);
      return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
    }
    case "VP8X":
      return {
        width: (view.getUint32(24, true) & 0xffffff) + 1,
        height: (view.getUint32(27, true) & 0xffffff) + 1,
      };
    default:
      return undefined;
  }
}

/** Boxes with properties come before the picture, within this many bytes. */
const AVIF_HEAD = 65_536;

/** The largest of the sizes (ISO/IEC 23008-12, 6.5.3): there may be tiles, and small pictures beside the one that is meant. */
function avifSize(bytes: Uint8Array, view: DataView): Size | undefined {
  let largest: Size | undefined;
  const text = new TextDecoder("latin1").decode(bytes.subarray(0, AVIF_HEAD));
  for (let at = text.indexOf("ispe"); at >= 0; at = text.indexOf("ispe", at + 1)) {
    const size = { width: view.getUint32(at + 8), height: view.getUint32(at + 12) };
    if (largest === undefined || size.width * size.height > largest.width * largest.height) largest = size;
  }
  return largest;
}

const letters = (bytes: Uint8Array, begin: number, end: number): string =>
  String.fromCharCode(...bytes.subarray(begin, end));
