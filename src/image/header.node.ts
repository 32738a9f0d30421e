/**
 * What it takes to read a picture, from what its file says of itself.
 * @module
 */

import type { Metadata } from "sharp";
import type { PictureHeader } from "./reading.ts";
import type { TiffPage } from "./tiff.ts";

/** Bytes of the numbers, by libvips' names for them. */
const BYTES: Readonly<Record<Metadata["depth"], number>> = {
  uchar: 1,
  char: 1,
  ushort: 2,
  short: 2,
  uint: 4,
  int: 4,
  float: 4,
  double: 8,
  complex: 8,
  dpcomplex: 16,
};

/**
 * Describes a picture.
 *
 * @param page the picture that is meant, where the file is a TIFF.
 * @param fileBytes that are there while it is read.
 */
export function headerOf(metadata: Metadata, page: TiffPage | undefined, fileBytes: number): PictureHeader {
  const { channels, depth, autoOrient } = metadata;
  const stored = channels * BYTES[depth];
  const planes = channels % 2 === 0 ? 4 : 3;
  return {
    width: autoOrient.width,
    height: autoOrient.height,
    fileBytes,
    decoderBytes: stored * heldByDecoder(metadata, page),
    pixelBytes: stored + planes * Float32Array.BYTES_PER_ELEMENT,
  };
}

/** How many times a decoder holds the picture as it is stored, as measured; those that give row after row hold nothing. */
function heldByDecoder(
  { format, isProgressive, chromaSubsampling }: Metadata,
  page: TiffPage | undefined,
): number {
  switch (format) {
    case "png":
      return isProgressive ? 1 : 0;
    case "jpeg":
      // Coefficients of 16 bits.
      return isProgressive ? (chromaSubsampling === "4:2:0" ? 1 : 2) : 0;
    case "webp":
      return 2.5;
    case "heif":
      return 6;
    case "tiff":
      return page === undefined ? 1 : page.rowsAtOnce / Math.max(1, page.height);
    default:
      return 2;
  }
}
