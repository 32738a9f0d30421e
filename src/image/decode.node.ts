/**
 * From files to pictures: PNG, JPEG, WebP, AVIF, TIFF and GIF (the first frame) become upright floats of sRGB, or of
 * Display P3 where that is asked for, at the precision of the file.
 * @module
 */

import type { Metadata } from "sharp";
import { ImpastoError, isOutOfMemory } from "../errors.ts";
import { brightestLight, clippingNotes } from "./clipping.ts";
import { conversionTo, convertColours } from "./colour-space.ts";
import { adobeRgb, isAdobeRgb } from "./exif.ts";
import { readBytes } from "./file.node.ts";
import { clearAround, firstFrame } from "./gif.ts";
import { headerOf } from "./header.node.ts";
import { readHeifColour } from "./heif-colour.ts";
import { type Profile, readProfile } from "./icc.ts";
import { hasAllPixels, lacksEnd, withEnd } from "./jpeg-end.node.ts";
import { inProfile, type Picture, type WideProfile } from "./picture.ts";
import { readPngColour } from "./png-colour.ts";
import { type ReadOptions, readingSize, sizeNotes } from "./reading.ts";
import { explain, notRead, openPicture, readMetadata } from "./sharp.node.ts";
import type { Size } from "./size.ts";
import { fullPage, isPlain, PHOTOMETRIC, type TiffPage, tiffPages, whyNotRead } from "./tiff.ts";
import {
  alphaOf,
  asRawData,
  coloursOf,
  pictureOfSamples,
  type SampleArray,
  type Samples,
} from "./tiff-samples.ts";

/**
 * Reads a picture file; `-` is standard input, and pipes are read to their end.
 *
 * @returns Upright, sRGB or the profile that was asked for; a value of a file in that profile is exactly its byte / 255 (or
 * its 16 bits / 65535). With notes where a person should know how it was read.
 * @throws MisuseError when there is no such file, or it is a folder or may not be read.
 * @throws ImpastoError when it is empty, damaged, too large, or not a picture that impasto reads.
 * @example
 * const { width, height, rgb } = await readPicture("cat.png");
 */
export async function readPicture(path: string, options: ReadOptions = {}): Promise<Picture> {
  return decodePicture(await readBytes(path, options.memory), path, options);
}

/** A file that can be decoded. */
interface Source {
  readonly bytes: Uint8Array;
  /** What to call it in messages. */
  readonly name: string;
  readonly metadata: Metadata;
  /** The picture that is meant, where the file is a TIFF. */
  readonly page: TiffPage | undefined;
  /** The size to decode it at, upright. */
  readonly size: Size;
  /** What its values are to mean; sRGB when absent. */
  readonly profile: WideProfile | undefined;
}

/**
 * Decodes a picture file held in memory.
 *
 * @param name what to call it in messages.
 * @returns As `readPicture`.
 * @throws ImpastoError when the bytes are damaged, too large, or not a picture that impasto reads.
 */
export async function decodePicture(
  bytes: Uint8Array,
  name: string,
  options: ReadOptions = {},
): Promise<Picture> {
  const { source, header, pages } = await lookAt(bytes, name, options);
  const picture = await decodeWithoutEnd(source).catch((error: unknown) => {
    if (error instanceof ImpastoError || !isOutOfMemory(error)) throw error;
    throw explain(error, name);
  });
  const notes = [
    ...(picture.notes ?? []),
    ...sizeNotes(name, header, source.size),
    ...pageNotes(source, pages),
  ];
  return inProfile(notes.length === 0 ? picture : { ...picture, notes }, options.profile);
}

/**
 * The size that a picture file is decoded at, upright; nothing is decoded.
 *
 * @throws ImpastoError when the header is damaged, it is too large, or not a picture that impasto reads.
 */
export async function sizeOfPicture(
  bytes: Uint8Array,
  name: string,
  options: ReadOptions = {},
): Promise<Size> {
  const { width, height } = (await lookAt(bytes, name, options)).source.size;
  return { width, height };
}

/** What there is to know of a file before it is decoded. */
interface LookedAt {
  readonly source: Source;
  /** Its own size. */
  readonly header: Size;
  readonly pages: readonly TiffPage[];
}

async function lookAt(bytes: Uint8Array, name: string, options: ReadOptions): Promise<LookedAt> {
  const pages = tiffPages(bytes);
  const page = fullPage(pages);
  const reason = page && whyNotRead(page);
  if (reason !== undefined) throw notRead(name, reason);
  const readable = page === undefined || isPlain(page) ? bytes : asRawData(bytes, page);
  // Raw numbers mean nothing to the filter that reduces.
  const isReducible = readable === bytes && !(page !== undefined && isDeepCmyk(page));
  const metadata = await readMetadata(readable, name, page);
  const fileBytes = readable === bytes ? bytes.length : bytes.length + readable.length;
  const header = headerOf(metadata, page, fileBytes);
  const size = readingSize(header, isReducible ? options : { memory: options.memory }, name);
  return { source: { bytes: readable, name, metadata, page, size, profile: options.profile }, header, pages };
}

/** What there is to say of a file with several pictures. */
function pageNotes({ name, page }: Source, pages: readonly TiffPage[]): readonly string[] {
  const others = pages.filter(({ isSecondary }) => !isSecondary);
  const isLargest = ({ width, height }: Size): boolean =>
    page === undefined || width * height <= page.width * page.height;
  if (others.every(isLargest)) return [];
  return [`"${name}" holds ${others.length} pictures; the first is taken, though another is larger.`];
}

/** Decodes, and lets a JPEG pass that lacks nothing but its end mark. */
async function decodeWithoutEnd(source: Source): Promise<Picture> {
  const { bytes, name, metadata } = source;
  if (metadata.format !== "jpeg" || !lacksEnd(bytes)) return decode(source);
  const isWhole = await hasAllPixels(bytes).catch((cause: unknown) => {
    throw explain(cause, name);
  });
  if (!isWhole) throw explain(new Error("no end mark"), name);
  const picture = await decode({ ...source, bytes: withEnd(bytes) });
  return { ...picture, notes: [`"${name}" breaks off before its end mark, but its pixels are there.`] };
}

async function decode(source: Source): Promise<Picture> {
  const { bytes, name, metadata, page } = source;
  if (page !== undefined && !isPlain(page)) {
    const samples = await readSamples(source);
    const stored = metadata.icc && readProfile(metadata.icc, coloursOf(page.photometric));
    return pictureOfSamples(samples, page, { stored, wanted: source.profile }, name);
  }
  const picture = await decodePlain(source);
  const frame = metadata.format === "gif" ? firstFrame(bytes) : undefined;
  if (frame !== undefined) return clearAround(picture, frame, picture.width / metadata.width);
  if (page === undefined || !isDeepCmyk(page)) return picture;
  const { alpha: _, ...opaque } = picture;
  const alpha = alphaOf(await readSamples({ ...source, bytes: asRawData(bytes, page) }), page, CMYK_CHANNELS);
  return alpha === undefined ? opaque : { ...opaque, alpha };
}

const CMYK_CHANNELS = 4;

/** Whether libvips takes alpha of 16 bits for 8, as it does where it converts from CMYK. */
const isDeepCmyk = ({ photometric, bits }: TiffPage): boolean =>
  photometric === PHOTOMETRIC.cmyk && bits[0] > 8 && bits.length > CMYK_CHANNELS;

/** Numbers as they are stored. */
async function readSamples({ bytes, name, metadata, page }: Source): Promise<Samples> {
  const opened = await openPicture(bytes, { ignoreIcc: true, page });
  const { data, info } = await opened
    .toColourspace("multiband")
    .raw({ depth: metadata.depth })
    .toBuffer({ resolveWithObject: true })
    .catch((cause: unknown) => {
      throw explain(cause, name);
    });
  const { width, height, channels } = info;
  return { values: samplesOf(data, metadata.depth), width, height, channels };
}

/** A picture whose numbers libvips understands; its colours are converted here but for CMYK and profiles of tables. */
async function decodePlain({ bytes, name, metadata, page, size, profile: wanted }: Source): Promise<Picture> {
  const { format, space, depth, bitsPerSample } = metadata;
  const isGrey = space === "b-w" || space === "grey16";
  const profile = space === "cmyk" ? "tables" : profileOf(bytes, metadata, isGrey ? 1 : 3);
  const deep = depth !== "uchar" && profile !== "tables";
  let opened = await openPicture(bytes, { ignoreIcc: profile !== "tables", page });
  const { width, height } = metadata.autoOrient;
  if (size.width !== width || size.height !== height) {
    opened = opened.resize({ ...size, fit: "fill", fastShrinkOnLoad: false });
  }
  if (deep) opened = opened.toColourspace("rgb16");
  // With more than 8 bits, sharp goes from tables through Display P3 and loses what lies outside of it.
  else if (depth !== "uchar" && space !== "cmyk") opened = opened.pipelineColourspace("srgb");
  const { data, info } = await opened
    .raw({ depth: deep ? "ushort" : "uchar" })
    .toBuffer({ resolveWithObject: true })
    .catch((cause: unknown) => {
      throw explain(cause, name);
    });
  const bits = (format === "heif" && bitsPerSample) || 16;
  // 10 and 12 bits are shifted up to 16, not stretched.
  const white = deep ? (2 ** bits - 1) * 2 ** (16 - bits) : 255;
  const picture = fromSamples(samplesOf(data, deep ? "ushort" : "uchar"), white, info);
  const notes = [
    ...(typeof profile === "object" ? clippingNotes(brightestLight(picture.rgb, profile), name) : []),
    ...(wanted !== undefined && profile === "tables" ? [narrowed(name)] : []),
  ];
  const conversion = conversionTo(wanted, typeof profile === "object" ? profile : "sRGB");
  if (conversion !== undefined) convertColours(picture.rgb, conversion);
  return notes.length === 0 ? picture : { ...picture, notes };
}

/** Says that libvips has been asked for sRGB, where a profile works by tables. */
const narrowed = (name: string): string =>
  `"${name}" has colours that go by tables, which are read as far as sRGB can show them.`;

/** What a file says of its colours, the most exact first. */
function profileOf(bytes: Uint8Array, { format, icc, exif }: Metadata, colours: number): Profile {
  const { coded, otherwise } = format === "png" ? readPngColour(bytes) : {};
  if (coded !== undefined) return coded;
  const profile = icc === undefined ? "unusable" : readProfile(icc, colours);
  if (profile !== "unusable") return profile;
  const stated = format === "heif" ? readHeifColour(bytes) : otherwise;
  return stated ?? (exif !== undefined && isAdobeRgb(exif) ? adobeRgb() : "sRGB");
}

/** Typed as libvips names the kinds of numbers. */
function samplesOf(data: Uint8Array, depth: Metadata["depth"]): SampleArray {
  const { buffer, byteOffset, byteLength } = data.byteOffset % 4 === 0 ? data : data.slice();
  switch (depth) {
    case "char":
      return new Int8Array(buffer, byteOffset, byteLength);
    case "ushort":
      return new Uint16Array(buffer, byteOffset, byteLength / 2);
    case "short":
      return new Int16Array(buffer, byteOffset, byteLength / 2);
    case "uint":
      return new Uint32Array(buffer, byteOffset, byteLength / 4);
    case "int":
      return new Int32Array(buffer, byteOffset, byteLength / 4);
    case "float":
      return new Float32Array(buffer, byteOffset, byteLength / 4);
    default:
      return new Uint8Array(buffer, byteOffset, byteLength);
  }
}

/** Interleaved numbers from 0 to white, colours first, to a picture: planar, in [0, 1]. */
function fromSamples(
  samples: SampleArray,
  white: number,
  { width, height, channels }: { width: number; height: number; channels: number },
): Picture {
  const size = width * height;
  const colours = channels < 3 ? 1 : 3;
  const fill = (plane: Float32Array, channel: number): void => {
    for (let i = 0; i < size; i++) plane[i] = Math.min(1, samples[i * channels + channel] / white);
  };
  const rgb = new Float32Array(3 * size);
  for (let channel = 0; channel < 3; channel++) {
    fill(rgb.subarray(channel * size, (channel + 1) * size), Math.min(channel, colours - 1));
  }
  if (channels === colours) return { width, height, rgb };
  const alpha = new Float32Array(size);
  fill(alpha, colours);
  return alpha.every((value) => value === 1) ? { width, height, rgb } : { width, height, rgb, alpha };
}
