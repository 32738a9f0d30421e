/**
 * What a TIFF holds: which of its pictures is the full one, what its numbers mean, and whether impasto reads its kind
 * at all. Looks at tags alone (TIFF 6.0, and the registered tags beyond it).
 * @module
 */

import { type Directory, numbersOf, openTags, readDirectory, type TagFile } from "./ifd.ts";

/** One picture of a TIFF. */
export interface TiffPage {
  /** Where its tags are. */
  readonly at: number;
  /** Its number among the pages. */
  readonly page: number;
  /** Its number among those that hang from the page, where it is one of them. */
  readonly subPage?: number;
  readonly width: number;
  readonly height: number;
  /** How many rows are decompressed at once: those of a strip or of a tile. */
  readonly rowsAtOnce: number;
  readonly compression: number;
  readonly photometric: number;
  readonly bits: readonly number[];
  /** 1 natural numbers, 2 whole numbers, 3 floating point. */
  readonly sampleFormat: number;
  /** What the channels beyond the colours are: 1 alpha that is multiplied in, 2 alpha, 0 not said. */
  readonly extraSamples: readonly number[];
  /** A reduced copy of another, or a mask for it. */
  readonly isSecondary: boolean;
}

/** Tags by their names. */
export const TAG = {
  newSubfileType: 254,
  subfileType: 255,
  width: 256,
  height: 257,
  bits: 258,
  compression: 259,
  photometric: 262,
  rowsPerStrip: 278,
  tileHeight: 323,
  subDirectories: 330,
  extraSamples: 338,
  sampleFormat: 339,
} as const;

/** What colours are stored as. */
export const PHOTOMETRIC = {
  minIsWhite: 0,
  minIsBlack: 1,
  rgb: 2,
  palette: 3,
  cmyk: 5,
  ycbcr: 6,
  lab: 8,
  iccLab: 9,
  cfa: 32_803,
  linearRaw: 34_892,
} as const;

/** Sample formats. */
const [NATURAL, UNDEFINED] = [1, 4];

/** More pages than these, those that hang from others among them, are not looked at. */
const PAGES_AT_MOST = 1000;

/** The pages of a TIFF, each followed by those that hang from it; none for anything else. */
export function tiffPages(bytes: Uint8Array): readonly TiffPage[] {
  const file = openTags(bytes);
  if (file === undefined) return [];
  const pages: TiffPage[] = [];
  const seen = new Set<number>();
  let number = 0;
  for (let at = file.first; at !== 0 && pages.length < PAGES_AT_MOST && !seen.has(at); number++) {
    seen.add(at);
    const directory = readDirectory(file, at);
    if (directory === undefined) break;
    pages.push(pageOf(file, at, directory, number));
    const subPages = numbersOf(file, directory, TAG.subDirectories);
    for (const [subPage, sub] of subPages.slice(0, PAGES_AT_MOST - pages.length).entries()) {
      const found = readDirectory(file, sub);
      if (found !== undefined) pages.push({ ...pageOf(file, sub, found, number), subPage });
    }
    at = directory.next;
  }
  return pages;
}

function pageOf(file: TagFile, at: number, directory: Directory, page: number): TiffPage {
  const first = (tag: number, otherwise: number): number => numbersOf(file, directory, tag)[0] ?? otherwise;
  const bits = numbersOf(file, directory, TAG.bits);
  const sampleFormat = first(TAG.sampleFormat, NATURAL);
  const height = first(TAG.height, 0);
  return {
    at,
    page,
    width: first(TAG.width, 0),
    height,
    rowsAtOnce: Math.min(height, first(TAG.tileHeight, first(TAG.rowsPerStrip, height))),
    compression: first(TAG.compression, 1),
    photometric: first(TAG.photometric, PHOTOMETRIC.minIsBlack),
    bits: bits.length === 0 ? [1] : bits,
    sampleFormat: sampleFormat === UNDEFINED ? NATURAL : sampleFormat,
    extraSamples: numbersOf(file, directory, TAG.extraSamples),
    // Bits: a reduced copy, one page of many, a mask. The older tag: full, reduced, one page of many.
    isSecondary: (first(TAG.newSubfileType, 0) & 0b101) !== 0 || first(TAG.subfileType, 1) === 2,
  };
}

/** The first full picture; where all say that they are copies, the first. */
export const fullPage = (pages: readonly TiffPage[]): TiffPage | undefined =>
  pages.find(({ isSecondary, subPage }) => !isSecondary && subPage === undefined) ??
  pages.find(({ isSecondary }) => !isSecondary) ??
  pages[0];

/** What libvips decompresses, as sharp builds it. */
const COMPRESSIONS = new Set([1, 2, 3, 4, 5, 7, 8, 32_773, 32_946, 50_001]);

/** JPEG and WebP, which turn YCbCr into RGB as they decompress; of others libvips takes it for RGB. */
const KNOW_YCBCR = new Set([7, 50_001]);

const COMPRESSION_NAMES: Readonly<Record<number, string>> = {
  6: "old-style JPEG",
  34661: "JBIG",
  34712: "JPEG 2000",
  34887: "LERC",
  34925: "LZMA",
  50000: "Zstandard",
  50002: "JPEG XL",
};

/** Bits a sample, by sample format. */
const DEPTHS: Readonly<Record<number, readonly number[] | undefined>> = {
  1: [1, 2, 4, 8, 16, 32],
  2: [8, 16, 32],
  3: [16, 32],
};

const { minIsWhite, minIsBlack, rgb, palette, cmyk, ycbcr, lab, iccLab, cfa, linearRaw } = PHOTOMETRIC;
const PHOTOMETRICS: ReadonlySet<number> = new Set([
  minIsWhite,
  minIsBlack,
  rgb,
  palette,
  cmyk,
  ycbcr,
  lab,
  iccLab,
]);

/** Why a kind of TIFF is not read, in a few words; undefined where it is. */
export function whyNotRead(page: TiffPage): string | undefined {
  const { compression, photometric, bits, sampleFormat } = page;
  const [depth] = bits;
  if (!COMPRESSIONS.has(compression)) {
    return `compressed with ${COMPRESSION_NAMES[compression] ?? `method ${compression}`}`;
  }
  if (photometric === cfa || photometric === linearRaw) return "a camera's raw data";
  if (!PHOTOMETRICS.has(photometric)) return `colours of kind ${photometric}`;
  if (photometric === ycbcr && !KNOW_YCBCR.has(compression)) return "YCbCr that is not JPEG";
  if (bits.some((other) => other !== depth)) return "channels of different depths";
  if (DEPTHS[sampleFormat]?.includes(depth) !== true) {
    return `${FORMAT_NAMES[sampleFormat] ?? "numbers of an unknown kind"}, ${depth} bits`;
  }
  if (isPlain(page) || UNUSUAL_PHOTOMETRICS.has(photometric)) return undefined;
  return `CMYK, YCbCr or a palette as ${FORMAT_NAMES[sampleFormat]}, ${depth} bits`;
}

const FORMAT_NAMES: Readonly<Record<number, string>> = {
  1: "natural numbers",
  2: "whole numbers",
  3: "floating point",
  5: "complex numbers",
  6: "complex numbers",
};

/** What may have any numbers. */
const UNUSUAL_PHOTOMETRICS: ReadonlySet<number> = new Set([minIsWhite, minIsBlack, rgb, lab, iccLab]);

/** Whether libvips knows what the numbers mean; of other pages it is asked for the numbers only. */
export const isPlain = ({ photometric, bits, sampleFormat }: TiffPage): boolean =>
  sampleFormat === NATURAL && bits[0] <= 16 && photometric !== lab && photometric !== iccLab;
