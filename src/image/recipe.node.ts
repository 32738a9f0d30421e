/**
 * Reads the recipe back out of a picture that impasto wrote, in any of its formats.
 * @module
 */

import { ImpastoError } from "../errors.ts";
import { readBytes } from "./file.node.ts";
import { isPng, readPngText } from "./png-text.ts";
import { readMetadata } from "./sharp.node.ts";
import { readXmp } from "./xmp.ts";

/** The keyword of the PNG text chunk that holds the recipe. */
export const RECIPE_KEYWORD = "impasto";

/**
 * Reads the recipe in a picture file.
 *
 * @returns The JSON given to `encodePicture`.
 * @throws MisuseError when there is no such file, or it is a folder or may not be read.
 * @throws ImpastoError when the file is no picture, or a picture without a recipe.
 * @example
 * const { seed } = JSON.parse(await readRecipe("cat-starry_night.png"));
 */
export async function readRecipe(path: string): Promise<string> {
  const bytes = await readBytes(path);
  const metadata = await readMetadata(bytes, path);
  const recipe = isPng(bytes)
    ? readPngText(bytes, RECIPE_KEYWORD)
    : metadata.xmp && readXmp(new TextDecoder().decode(metadata.xmp));
  if (recipe === undefined) {
    throw new ImpastoError(`"${path}" carries no recipe; only pictures as impasto wrote them do`);
  }
  return recipe;
}
