/**
 * The only importer of sharp, which is libvips: loads it on first use and locks it down. Every picture is
 * treated as hostile: only the formats impasto names are decoded, within limits of size and time that are
 * ours.
 * @module
 */

import type sharp from "sharp";
import type { Metadata, Sharp, SharpOptions } from "sharp";
import { ImpastoError, isOutOfMemory } from "../errors.ts";
import { MAX_REDUCIBLE_PIXELS, tooLarge } from "./reading.ts";
import type { TiffPage } from "./tiff.ts";

/** More than colours, black and alpha. */
const MAX_CHANNELS = 16;

/** The longest that one picture may take to decode or encode. */
const MAX_SECONDS = 120;

/** libvips' names for the decoders of PNG, JPEG, WebP, AVIF, TIFF and GIF. */
const LOADERS = ["Png", "Jpeg", "Webp", "Heif", "Tiff", "Nsgif"].map((name) => `VipsForeignLoad${name}`);

/** Loaded once: to block and unblock again would pull decoders from under another picture. */
let loaded: Promise<typeof sharp> | undefined;

/**
 * Loads sharp, with every decoder blocked that impasto does not name, and without its cache.
 * This holds for the whole process.
 *
 * @throws ImpastoError when sharp is not installed for this platform, or there is no memory for it.
 */
export function loadSharp(): Promise<typeof sharp> {
  loaded ??= importSharp();
  return loaded;
}

async function importSharp(): Promise<typeof sharp> {
  try {
    const { default: sharp } = await import("sharp");
    sharp.cache(false);
    sharp.block({ operation: ["VipsForeignLoad"] });
    sharp.unblock({ operation: LOADERS });
    return sharp;
  } catch (cause) {
    if (isOutOfMemory(cause)) {
      const message =
        "There is too little memory to load the picture codecs (sharp); allow this process more, such as by ulimit -v";
      throw new ImpastoError(message, { cause });
    }
    const message = "The picture codecs (sharp) cannot be loaded; install impasto again on this machine";
    throw new ImpastoError(message, { cause });
  }
}

/** The versions of the codecs. @throws ImpastoError when they cannot be loaded. */
export async function codecVersions(): Promise<{ readonly sharp: string; readonly libvips: string }> {
  const { versions } = await loadSharp();
  return { sharp: versions.sharp ?? "unknown", libvips: versions.vips };
}

/** How a picture is opened. */
interface Opening {
  /** Leave colours as stored, whatever the embedded profile says. */
  readonly ignoreIcc?: boolean;
  /** Stand the picture upright, as a camera says that it was held. */
  readonly autoOrient?: boolean;
  /** The picture that is meant, where a TIFF holds several. */
  readonly page?: TiffPage | undefined;
}

/** Opens an encoded picture within the limits; nothing is decoded yet. */
export async function openPicture(
  bytes: Uint8Array,
  { ignoreIcc = false, autoOrient = true, page }: Opening = {},
): Promise<Sharp> {
  const sharp = await loadSharp();
  return sharp(bytes, {
    limitInputPixels: MAX_REDUCIBLE_PIXELS,
    limitInputChannels: MAX_CHANNELS,
    failOn: "error", // truncation included; not the harmless warnings of many cameras
    autoOrient,
    ignoreIcc,
    ...pageOptions(page),
  }).timeout({ seconds: MAX_SECONDS });
}

/** Opens interleaved numbers of our own: limits are for foreign files, and these are there already. */
export async function openRaw(
  samples: Uint8Array | Uint16Array,
  raw: {
    readonly width: number;
    readonly height: number;
    readonly channels: 1 | 3 | 4;
    /** The height of each picture, where several stand below each other. */
    readonly pageHeight?: number;
  },
): Promise<Sharp> {
  const sharp = await loadSharp();
  return sharp(samples, { raw: { ...raw }, limitInputPixels: false });
}

/** Opens a file of our own making, as it is. */
export async function openOwn(bytes: Uint8Array): Promise<Sharp> {
  const sharp = await loadSharp();
  return sharp(bytes, { limitInputPixels: false });
}

const pageOptions = (page: TiffPage | undefined): SharpOptions => ({
  ...(page === undefined ? {} : { page: page.page }),
  ...(page?.subPage === undefined ? {} : { tiff: { subifd: page.subPage } }),
});

/**
 * Reads what a picture says of itself, however large it is: format, depth, profile, XMP.
 *
 * @param name the file's name, for messages.
 * @param page the picture that is meant, where a TIFF holds several.
 * @throws ImpastoError when the bytes are not a picture that impasto reads.
 */
export async function readMetadata(bytes: Uint8Array, name: string, page?: TiffPage): Promise<Metadata> {
  if (bytes.length === 0) throw new ImpastoError(`"${name}" is empty; fetch or save it again`);
  const sharp = await loadSharp();
  const picture = sharp(bytes, {
    limitInputPixels: false,
    limitInputChannels: MAX_CHANNELS,
    ...pageOptions(page),
  });
  return picture.metadata().catch((cause: unknown) => {
    const isUnknown = UNKNOWN.test(reasonOf(cause));
    if (page !== undefined && !isUnknown) throw notRead(name, reasonOf(cause), cause);
    // One whose directory is damaged, or cut off its end, libvips does not know for a TIFF at all.
    const isBroken = isUnknown && isTiff(bytes);
    throw explain(isBroken ? new Error("no TIFF directory that makes sense", { cause }) : cause, name);
  });
}

function isTiff(bytes: Uint8Array): boolean {
  const start = String.fromCharCode(...bytes.subarray(0, 4));
  return ["II*\0", "MM\0*", "II+\0", "MM\0+"].includes(start);
}

/** Says that a kind of TIFF is not read. */
export const notRead = (name: string, reason: string, cause?: unknown): ImpastoError =>
  new ImpastoError(
    `"${name}" cannot be opened, since this kind of TIFF is not read (${reason}); save it as PNG or as a plain TIFF`,
    { cause },
  );

/** What libheif says of a HEIC, which is coded in HEVC, where it was built for AVIF alone as in sharp's own packages. */
const NO_HEVC = /compression format has not been built in|unsupported codec/i;

/** What libvips says of bytes that it knows for no picture. */
const UNKNOWN = /unsupported image format/i;

/** The first line of what libvips says, without what would lead to the next. */
function reasonOf(cause: unknown): string {
  const [firstLine = ""] = (cause instanceof Error ? cause.message : String(cause)).trim().split("\n");
  return firstLine.replace(/[\s:]+$/, "");
}

/** Says in one sentence what libvips found wrong with a picture. */
export function explain(cause: unknown, name: string): ImpastoError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  const options = { cause };
  if (UNKNOWN.test(reason)) {
    const message = `"${name}" is not a picture that impasto reads; give it a PNG, JPEG, WebP, AVIF, TIFF or GIF`;
    return new ImpastoError(message, options);
  }
  if (NO_HEVC.test(reason)) {
    const message = `"${name}" is a HEIC picture, which impasto does not read where sharp comes without HEVC; save it as JPEG or PNG`;
    return new ImpastoError(message, options);
  }
  if (/pixel limit/i.test(reason)) return tooLarge(name, MAX_REDUCIBLE_PIXELS);
  if (/channel limit/i.test(reason)) {
    const message = `"${name}" has more than ${MAX_CHANNELS} channels; save it with its colours and alpha alone`;
    return new ImpastoError(message, options);
  }
  if (isOutOfMemory(cause)) {
    return new ImpastoError(`"${name}" takes more memory than there is; reduce it or allow more`, options);
  }
  if (/tiff2vips.*not (configured|supported|implemented)/i.test(reason)) {
    return notRead(name, reasonOf(cause), cause);
  }
  if (/timeout/i.test(reason)) {
    const message = `"${name}" took longer than ${MAX_SECONDS} seconds to decode; save it again as PNG`;
    return new ImpastoError(message, options);
  }
  const message = `"${name}" is damaged or cut short; fetch or save it again (${reasonOf(cause)})`;
  return new ImpastoError(message, options);
}
