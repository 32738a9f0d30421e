/**
 * How large a picture is to be read: whole where that is allowed and there is room, else reduced to somewhat more than
 * is needed of it. Decided from what its file says of itself, before anything is decoded.
 * @module
 */

import { ImpastoError } from "../errors.ts";
import type { WideProfile } from "./picture.ts";
import type { Size } from "./size.ts";

/** What is known of a picture's use before it is read. */
export interface ReadOptions {
  /**
   * From the picture's own size, upright, to the size at which it will be looked at. Where there is no room for all of
   * it, or it has more than 100 megapixels, it is reduced while it is read, to no less than that.
   *
   * @default pictures are read whole or refused
   */
  readonly neededSize?: ((own: Size) => Size) | undefined;
  /**
   * Bytes of memory that reading may take.
   *
   * @default unbounded
   */
  readonly memory?: number | undefined;
  /**
   * What its values are to mean. Display P3 keeps colours that sRGB cannot show; pictures that go together have to be read
   * in the same.
   *
   * @default sRGB
   */
  readonly profile?: WideProfile | undefined;
}

/** A picture as its file describes it. */
export interface PictureHeader extends Size {
  /** Bytes of the file itself, which are there all the while. */
  readonly fileBytes: number;
  /** Bytes that its decoder holds for each of its pixels, however few are asked for. */
  readonly decoderBytes: number;
  /** Bytes for each pixel that is read, as it comes from the decoder and as a picture. */
  readonly pixelBytes: number;
}

/** The most pixels that a picture is read whole with, unless more are needed: as floats, with its copies, about 3 GB. */
export const MAX_PIXELS = 100_000_000;

/** The most pixels that a picture may have, to be reduced in a minute or two. */
export const MAX_REDUCIBLE_PIXELS = 1_000_000_000;

/** Pictures that take less than this part of the memory are not reduced for its sake: the work takes several times as much. */
const SHARE = 1 / 4;

/** What is reduced is reduced to so many times the size that is needed, for good filters to have something to choose from. */
const ROOM = 2;

/**
 * Decides at what size a picture is read.
 *
 * @param name what to call it in messages.
 * @throws ImpastoError when it is too large.
 */
export function readingSize(
  header: PictureHeader,
  { neededSize, memory = Number.POSITIVE_INFINITY }: ReadOptions,
  name: string,
): Size {
  const own: Size = { width: header.width, height: header.height };
  const needed = neededSize === undefined ? own : coverOf(own, neededSize(own), 1);
  const mostPixels = neededSize === undefined ? MAX_PIXELS : Math.max(MAX_PIXELS, pixelsOf(needed));
  const bytesFor = (size: Size): number =>
    header.fileBytes + pixelsOf(own) * header.decoderBytes + pixelsOf(size) * header.pixelBytes;
  if (pixelsOf(own) > (neededSize === undefined ? MAX_PIXELS : MAX_REDUCIBLE_PIXELS)) {
    throw tooLarge(name, neededSize === undefined ? MAX_PIXELS : MAX_REDUCIBLE_PIXELS);
  }
  if (pixelsOf(own) <= mostPixels && bytesFor(own) <= SHARE * memory) return own;
  const roomy = coverOf(own, needed, ROOM);
  if (bytesFor(roomy) <= SHARE * memory) return roomy;
  if (bytesFor(needed) <= memory) return needed;
  throw new ImpastoError(
    `"${name}" has ${megapixels(own)}, which take about ${megabytes(bytesFor(needed))} of memory to read where ${megabytes(memory)} are there; reduce it or allow more`,
  );
}

/**
 * A picture's size, reduced until it is only just `factor` times another in both directions; not enlarged. Where both
 * have the same shape but for rounding, that shape is taken, so that the same size is found again.
 */
function coverOf(own: Size, other: Size, factor: number): Size {
  const [wide, high] = [other.width / own.width, other.height / own.height];
  const scale = factor * Math.max(wide, high);
  if (scale >= 1) return own;
  const rounded = own.width >= own.height ? wide : high;
  const isSameShape =
    Math.abs(own.width * rounded - other.width) <= 1 && Math.abs(own.height * rounded - other.height) <= 1;
  return isSameShape
    ? { width: factor * other.width, height: factor * other.height }
    : { width: Math.ceil(own.width * scale), height: Math.ceil(own.height * scale) };
}

/** What there is to say of a picture's size: that it was reduced, where it was. */
export const sizeNotes = (name: string, own: Size, read: Size): readonly string[] =>
  own.width === read.width && own.height === read.height
    ? []
    : [
        `"${name}" has ${own.width}×${own.height} pixels and was reduced to ${read.width}×${read.height} as it was read.`,
      ];

/** Says that a picture has too many pixels. */
export const tooLarge = (name: string, most: number): ImpastoError =>
  new ImpastoError(`"${name}" is larger than impasto's limit of ${most / 1e6} megapixels; reduce it first`);

const pixelsOf = ({ width, height }: Size): number => width * height;

const megapixels = (size: Size): string => `${Number((pixelsOf(size) / 1e6).toPrecision(3))} megapixels`;

const megabytes = (bytes: number): string => `${Math.ceil(bytes / 1e6)} MB`;
