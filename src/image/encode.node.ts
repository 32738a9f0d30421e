/**
 * From pictures to files: 8 bits a channel, sRGB, with the recipe inside. The bytes depend on the picture, the format
 * and the recipe alone: no clock, no tags that vary. No resolution either: the photograph's would be for other pixels.
 * @module
 */

import type { Sharp } from "sharp";
import { MisuseError } from "../errors.ts";
import { checkFits, type PictureFormat } from "./format.ts";
import { openTags, readDirectory } from "./ifd.ts";
import type { Picture } from "./picture.ts";
import { editPng } from "./png-chunks.ts";
import { plainText, unicodeText } from "./png-text.ts";
import { writeRawProfile, XMP_PROFILE_KEYWORD } from "./raw-profile.ts";
import { RECIPE_KEYWORD } from "./recipe.node.ts";
import { openRaw } from "./sharp.node.ts";
import { writeXmp, XMP_KEYWORD } from "./xmp.ts";

/** For JPEG and WebP: what is lost cannot be seen. */
const QUALITY = 95;

/** libvips drops an XMP packet from a JPEG, silently, when it does not fit in one segment. */
const JPEG_XMP_BYTES = 60_000;

/** TIFF 6.0, section 8. */
const X_RESOLUTION = 282;
const Y_RESOLUTION = 283;
const RESOLUTION_UNIT = 296;
const NO_UNIT = 1;

/**
 * Encodes a picture. Values are clamped to [0, 1] and rounded to 8 bits, halves up.
 * PNG and TIFF keep every bit; JPEG (4:4:4) has no alpha and is laid over white; WebP is lossy too.
 *
 * @param recipe JSON to carry along: as XMP, and in a PNG also in an `iTXt` chunk named `impasto`.
 * @returns The file's bytes, the same for the same arguments.
 * @throws MisuseError when the format cannot hold so large a picture, or so long a recipe.
 * @example
 * await writeAtomically("cat.png", await encodePicture(picture, "png", { recipe: '{"seed":1}' }));
 */
export async function encodePicture(
  picture: Picture,
  format: PictureFormat,
  { recipe }: { recipe?: string } = {},
): Promise<Uint8Array> {
  const { width, height } = picture;
  checkFits(format, width, height);
  if (recipe !== undefined) checkRecipeFits(format, recipe);
  const shown = format === "jpeg" ? overWhite(picture) : picture;
  const raw = await openRaw(toBytes(shown), { width, height, channels: shown.alpha ? 4 : 3 });
  const packet = recipe === undefined ? undefined : writeXmp(recipe);
  switch (format) {
    case "png": {
      const png = await raw.png({ adaptiveFiltering: true }).toBuffer();
      return editPng(png, "pHYs", recipe === undefined ? [] : recipeChunks(recipe));
    }
    case "jpeg":
      return carrying(raw, packet).jpeg({ quality: QUALITY, chromaSubsampling: "4:4:4" }).toBuffer();
    case "webp":
      return carrying(raw, packet).webp({ quality: QUALITY, smartSubsample: true }).toBuffer();
    case "tiff": {
      const options = { compression: "deflate", predictor: "horizontal" } as const;
      const tiff = await carrying(raw, packet).tiff(options).toBuffer();
      dropTiffResolution(tiff);
      return tiff;
    }
  }
}

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

const carrying = (raw: Sharp, packet: string | undefined): Sharp =>
  packet === undefined ? raw : raw.withXmp(packet);

/** Plain for people, as XMP for most programs, and as ImageMagick's earlier versions, which know no `iTXt`, have XMP. */
function recipeChunks(recipe: string) {
  const packet = writeXmp(recipe);
  return [
    unicodeText(RECIPE_KEYWORD, recipe),
    unicodeText(XMP_KEYWORD, packet),
    plainText(XMP_PROFILE_KEYWORD, writeRawProfile("xmp", packet)),
  ];
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

function overWhite(picture: Picture): Picture {
  const { width, height, rgb, alpha } = picture;
  if (alpha === undefined) return picture;
  const laid = rgb.map((value, i) => {
    const opacity = alpha[i % alpha.length] ?? 0;
    return value * opacity + 1 - opacity;
  });
  return { width, height, rgb: laid };
}

/** Interleaved RGB or RGBA. */
function toBytes({ width, height, rgb, alpha }: Picture): Uint8Array {
  const size = width * height;
  const channels = alpha === undefined ? 3 : 4;
  const bytes = new Uint8Array(size * channels);
  const byteOf = (value = 0): number => Math.floor(Math.min(1, Math.max(0, value)) * 255 + 0.5);
  for (let channel = 0; channel < 3; channel++) {
    for (let i = 0; i < size; i++) bytes[i * channels + channel] = byteOf(rgb[channel * size + i]);
  }
  alpha?.forEach((value, i) => {
    bytes[i * channels + 3] = byteOf(value);
  });
  return bytes;
}
