/**
 * From pictures to files: 8 bits a channel, sRGB, with the recipe inside. The bytes depend on the picture,
 * the format and the recipe alone: no clock, no tags that vary.
 * @module
 */

import type { Sharp } from "sharp";
import { ImpastoError } from "../errors.ts";
import { checkFits, type PictureFormat } from "./format.ts";
import type { Picture } from "./picture.ts";
import { writePngText } from "./png-text.ts";
import { RECIPE_KEYWORD } from "./recipe.node.ts";
import { loadSharp } from "./sharp.node.ts";
import { writeXmp } from "./xmp.ts";

/** For JPEG and WebP: what is lost cannot be seen. */
const QUALITY = 95;

/** libvips drops an XMP packet from a JPEG, silently, when it does not fit in one segment. */
const JPEG_XMP_BYTES = 60_000;

/**
 * Encodes a picture. Values are clamped to [0, 1] and rounded to 8 bits, halves up.
 * PNG and TIFF keep every bit; JPEG (4:4:4) has no alpha and is laid over white; WebP is lossy too.
 *
 * @param recipe JSON to carry along: in an `iTXt` chunk named `impasto` (PNG) or as XMP (the others).
 * @returns The file's bytes, the same for the same arguments.
 * @throws MisuseError when the format cannot hold so large a picture.
 * @throws ImpastoError when the recipe does not fit in a JPEG.
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
  const sharp = await loadSharp();
  const shown = format === "jpeg" ? overWhite(picture) : picture;
  const raw = sharp(toBytes(shown), { raw: { width, height, channels: shown.alpha ? 4 : 3 } });
  if (format === "png") {
    const png = await compress(raw, format);
    return recipe === undefined ? png : writePngText(png, RECIPE_KEYWORD, recipe);
  }
  if (recipe === undefined) return compress(raw, format);
  const packet = writeXmp(recipe);
  if (format === "jpeg" && Buffer.byteLength(packet) > JPEG_XMP_BYTES) {
    throw new ImpastoError("The recipe is too long for a JPEG; write a .png, .webp or .tiff instead");
  }
  return compress(raw.withXmp(packet), format);
}

function compress(raw: Sharp, format: PictureFormat): Promise<Uint8Array> {
  switch (format) {
    case "png":
      return raw.png({ adaptiveFiltering: true }).toBuffer();
    case "jpeg":
      return raw.jpeg({ quality: QUALITY, chromaSubsampling: "4:4:4" }).toBuffer();
    case "webp":
      return raw.webp({ quality: QUALITY, smartSubsample: true }).toBuffer();
    case "tiff":
      return raw.tiff({ compression: "deflate", predictor: "horizontal" }).toBuffer();
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
