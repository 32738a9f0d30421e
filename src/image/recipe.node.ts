/**
 * Reads the recipe back out of a picture that impasto wrote, in any of its formats, also when another program has saved
 * it again and kept its XMP.
 * @module
 */

import { inflateSync } from "node:zlib";
import { ImpastoError } from "../errors.ts";
import { readBytes } from "./file.node.ts";
import { decodeText, findPngText, LONGEST_TEXT } from "./png-text.ts";
import { readRawProfile, XMP_PROFILE_KEYWORD } from "./raw-profile.ts";
import { RECIPE_KEYWORD } from "./recipe-chunks.ts";
import { explain, loadSharp } from "./sharp.node.ts";
import { readXmp } from "./xmp.ts";

/**
 * Reads the recipe in a picture file.
 *
 * @returns The JSON given to `encodePicture`; at most 16 MiB of it are read.
 * @throws MisuseError when there is no such file, or it is a folder or may not be read.
 * @throws ImpastoError when the file is no picture, or a picture without a recipe.
 * @example
 * const { seed } = JSON.parse(await readRecipe("cat-starry_night.png"));
 */
export async function readRecipe(path: string): Promise<string> {
  const recipe = await recipeIn(await readBytes(path), path);
  if (recipe === undefined) {
    throw new ImpastoError(`"${path}" carries no recipe; only pictures as impasto wrote them do`);
  }
  return recipe;
}

/**
 * The recipe in a picture file that is in memory; nothing where it carries none.
 *
 * @param name what to call it in messages.
 * @throws ImpastoError when the file is no picture.
 */
export async function recipeIn(bytes: Uint8Array, name: string): Promise<string | undefined> {
  const packet = await readPacket(bytes, name);
  return readPngText(bytes, RECIPE_KEYWORD) ?? (packet && readXmp(packet)) ?? recipeInProfile(bytes);
}

/** The XMP that sharp finds. Nothing is decoded, so the number of pixels does not matter. */
async function readPacket(bytes: Uint8Array, path: string): Promise<string | undefined> {
  const sharp = await loadSharp();
  const { xmp } = await sharp(bytes, { limitInputPixels: false })
    .metadata()
    .catch((cause: unknown) => {
      throw explain(cause, path);
    });
  return xmp === undefined || xmp.length > LONGEST_TEXT ? undefined : decodeText(xmp);
}

function recipeInProfile(png: Uint8Array): string | undefined {
  const profile = readPngText(png, XMP_PROFILE_KEYWORD);
  const packet = profile && readRawProfile(profile);
  return packet && readXmp(packet);
}

function readPngText(png: Uint8Array, keyword: string): string | undefined {
  const text = findPngText(png, keyword);
  const bytes = text?.compressed ? inflate(text.bytes) : text?.bytes;
  return bytes && decodeText(bytes);
}

/** Undefined for what is damaged, or grows longer than any recipe. */
function inflate(bytes: Uint8Array): Uint8Array | undefined {
  try {
    return inflateSync(bytes, { maxOutputLength: LONGEST_TEXT });
  } catch {
    return undefined;
  }
}
