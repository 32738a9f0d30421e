/**
 * The only importer of sharp, which is libvips: loads it on first use and locks it down. Every picture is
 * treated as hostile: only the formats impasto names are decoded, within limits of size and time that are
 * ours.
 * @module
 */

import type sharp from "sharp";
import type { Metadata, Sharp } from "sharp";
import { ImpastoError } from "../errors.ts";

/** The most pixels a picture may have: as floats, with its copies, about 3 GB. */
export const MAX_PIXELS = 100_000_000;

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
 * @throws ImpastoError when sharp is not installed for this platform.
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
    const message = "The picture codecs (sharp) cannot be loaded; install impasto again on this machine";
    throw new ImpastoError(message, { cause });
  }
}

/**
 * Opens an encoded picture within the limits; nothing is decoded yet.
 *
 * @param ignoreIcc leave colours as stored, whatever the embedded profile says.
 */
export async function openPicture(
  bytes: Uint8Array,
  { ignoreIcc = false }: { ignoreIcc?: boolean } = {},
): Promise<Sharp> {
  const sharp = await loadSharp();
  return sharp(bytes, {
    limitInputPixels: MAX_PIXELS,
    failOn: "error", // truncation included; not the harmless warnings of many cameras
    autoOrient: true,
    ignoreIcc,
  }).timeout({ seconds: MAX_SECONDS });
}

/** Opens interleaved bytes of our own: limits are for foreign files, and these are there already. */
export async function openRaw(
  bytes: Uint8Array,
  raw: { readonly width: number; readonly height: number; readonly channels: 1 | 3 | 4 },
): Promise<Sharp> {
  const sharp = await loadSharp();
  return sharp(bytes, { raw: { ...raw }, limitInputPixels: false });
}

/**
 * Reads what a picture says of itself: format, depth, profile, XMP.
 *
 * @param name the file's name, for messages.
 * @throws ImpastoError when the bytes are not a picture that impasto reads.
 */
export async function readMetadata(bytes: Uint8Array, name: string): Promise<Metadata> {
  if (bytes.length === 0) throw new ImpastoError(`"${name}" is empty; fetch or save it again`);
  const picture = await openPicture(bytes);
  const metadata = await picture.metadata().catch((cause: unknown) => {
    // A TIFF's directory may be at its end, so libvips does not know a truncated one for a TIFF at all.
    throw explain(isTiff(bytes) ? new Error("no TIFF directory", { cause }) : cause, name);
  });
  if (metadata.format === "heif" && metadata.compression !== "av1") {
    throw new ImpastoError(
      `"${name}" is a HEIC picture, which impasto does not read; save it as JPEG or PNG`,
    );
  }
  return metadata;
}

function isTiff(bytes: Uint8Array): boolean {
  const start = String.fromCharCode(...bytes.subarray(0, 4));
  return start === "II*\0" || start === "MM\0*";
}

/** Says in one sentence what libvips found wrong with a picture. */
export function explain(cause: unknown, name: string): ImpastoError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  const [firstLine = ""] = reason.trim().split("\n");
  const options = { cause };
  if (/unsupported image format/i.test(reason)) {
    const message = `"${name}" is not a picture that impasto reads; give it a PNG, JPEG, WebP, AVIF, TIFF or GIF`;
    return new ImpastoError(message, options);
  }
  if (/pixel limit/i.test(reason)) {
    const limit = `${MAX_PIXELS / 1e6} megapixels`;
    return new ImpastoError(`"${name}" is larger than impasto's limit of ${limit}; reduce it first`, options);
  }
  if (/timeout/i.test(reason)) {
    const message = `"${name}" took longer than ${MAX_SECONDS} seconds to decode; save it again as PNG`;
    return new ImpastoError(message, options);
  }
  const message = `"${name}" is damaged or cut short; fetch or save it again (${firstLine})`;
  return new ImpastoError(message, options);
}
