/**
 * From pictures to files: 8 bits a channel or 16, sRGB or said to be what else they are, with the recipe inside. The bytes
 * depend on the picture, the format and the recipe alone: no clock, no tags that vary. No resolution either: the
 * photograph's would be for other pixels.
 * @module
 */

import type { Sharp } from "sharp";
import { MisuseError } from "../errors.ts";
import { overWhite } from "./alpha.ts";
import { displayP3Chunks } from "./display-p3.node.ts";
import { checkDepth, checkFits, type PictureFormat } from "./format.ts";
import { openTags, readDirectory } from "./ifd.ts";
import type { Picture } from "./picture.ts";
import { editPng, type PngChunk } from "./png-chunks.ts";
import { recipeChunks } from "./recipe-chunks.ts";
import { type Depth, toSamples } from "./samples.ts";
import { openOwn, openRaw } from "./sharp.node.ts";
import { writeXmp } from "./xmp.ts";

/** For JPEG and WebP: what is lost cannot be seen. */
const QUALITY = 95;

/** libvips drops an XMP packet from a JPEG, silently, when it does not fit in one segment. */
const JPEG_XMP_BYTES = 60_000;

/** TIFF 6.0, section 8. */
const X_RESOLUTION = 282;
const Y_RESOLUTION = 283;
const RESOLUTION_UNIT = 296;
const NO_UNIT = 1;

/** How a picture is encoded. */
export interface EncodeOptions {
  /** JSON to carry along: as XMP, and in a PNG also in an `iTXt` chunk named `impasto`. */
  readonly recipe?: string | undefined;
  /** Bits a channel; 16 in a PNG or TIFF only. @default 8 */
  readonly depth?: Depth | undefined;
}

/**
 * Encodes a picture. Values are clamped to [0, 1] and rounded to 8 bits or 16, halves up; a picture of Display P3 says so.
 * PNG and TIFF keep every bit; JPEG (4:4:4) has no alpha and is laid over white; WebP is lossy too.
 *
 * @returns The file's bytes, the same for the same arguments.
 * @throws MisuseError when the format cannot hold so large or so deep a picture, or so long a recipe.
 * @example
 * await writeAtomically("cat.png", await encodePicture(picture, "png", { recipe: '{"seed":1}' }));
 */
export async function encodePicture(
  picture: Picture,
  format: PictureFormat,
  { recipe, depth = 8 }: EncodeOptions = {},
): Promise<Uint8Array> {
  checkFits(format, picture.width, picture.height);
  checkDepth(format, depth);
  if (recipe !== undefined) checkRecipeFits(format, recipe);
  const texts = recipe === undefined ? [] : recipeChunks(recipe);
  if (format === "png") {
    const png = await (await rawOf(picture, depth)).png({ adaptiveFiltering: true }).toBuffer();
    return editPng(png, "pHYs", [...(await colourChunks(picture)), ...texts]);
  }
  const opened = await tagged(format === "jpeg" ? overWhite(picture) : picture, depth);
  const carrying = recipe === undefined ? opened : opened.withXmp(writeXmp(recipe));
  switch (format) {
    case "jpeg":
      return carrying.jpeg({ quality: QUALITY, chromaSubsampling: "4:4:4" }).toBuffer();
    case "webp":
      return carrying.webp({ quality: QUALITY, smartSubsample: true }).toBuffer();
    case "tiff": {
      const tiff = await carrying.tiff({ compression: "deflate", predictor: "horizontal" }).toBuffer();
      dropTiffResolution(tiff);
      return tiff;
    }
  }
}

/** The picture's numbers, as they are to stand in the file. */
async function rawOf(picture: Picture, depth: Depth): Promise<Sharp> {
  const { width, height, alpha } = picture;
  const raw = await openRaw(toSamples(picture, depth), { width, height, channels: alpha ? 4 : 3 });
  return depth === 16 ? raw.toColourspace("rgb16") : raw;
}

/** The same, with their profile. Only a profile that is there already does sharp hand on without converting to it. */
async function tagged(picture: Picture, depth: Depth): Promise<Sharp> {
  const raw = await rawOf(picture, depth);
  if (picture.profile === undefined) return raw;
  const png = await raw.png({ compressionLevel: 0 }).toBuffer();
  const carrier = await openOwn(editPng(png, "pHYs", await colourChunks(picture)));
  const kept = carrier.keepIccProfile();
  return depth === 16 ? kept.toColourspace("rgb16") : kept;
}

const colourChunks = async ({ profile }: Picture): Promise<readonly Pick<PngChunk, "type" | "data">[]> =>
  profile === undefined ? [] : displayP3Chunks();

/**
 * Refuses a recipe that a format cannot hold; to be called before the work, not after it.
 *
 * @throws MisuseError when it is too long for a JPEG.
 */
export function checkRecipeFits(format: PictureFormat, recipe: string): void {
  if (format === "jpeg" && Buffer.byteLength(writeXmp(recipe)) > JPEG_XMP_BYTES) {
    throw new MisuseError("The recipe is too long for a JPEG; write a .png, .webp or .tiff instead");
  }
}

/**
 * Takes the resolution out of a TIFF file, which must state one: a ratio of 1 to 1, in no unit. For files as libvips writes
 * them: one directory, not a BigTIFF.
 */
function dropTiffResolution(tiff: Uint8Array): void {
  const file = openTags(tiff);
  const entries = file && readDirectory(file, file.first)?.entries;
  if (file === undefined || entries === undefined) return;
  const { view, littleEndian } = file;
  const unit = entries.get(RESOLUTION_UNIT);
  if (unit !== undefined) view.setUint16(unit.at, NO_UNIT, littleEndian);
  for (const fraction of [entries.get(X_RESOLUTION), entries.get(Y_RESOLUTION)]) {
    if (fraction === undefined) continue;
    view.setUint32(fraction.at, 1, littleEndian);
    view.setUint32(fraction.at + 4, 1, littleEndian);
  }
}
