/**
 * The recipe as PNG files carry it.
 * @module
 */
import type { PngChunk } from "./png-chunks.ts";
import { plainText, unicodeText } from "./png-text.ts";
import { writeRawProfile, XMP_PROFILE_KEYWORD } from "./raw-profile.ts";
import { writeXmp, XMP_KEYWORD } from "./xmp.ts";

/** The keyword of the PNG text chunk that holds the recipe. */
export const RECIPE_KEYWORD = "impasto";

/** Plain for people, as XMP for most programs, and as ImageMagick's earlier versions, which know no `iTXt`, have XMP. */
export function recipeChunks(recipe: string): readonly Pick<PngChunk, "type" | "data">[] {
  const packet = writeXmp(recipe);
  return [
    unicodeText(RECIPE_KEYWORD, recipe),
    unicodeText(XMP_KEYWORD, packet),
    plainText(XMP_PROFILE_KEYWORD, writeRawProfile("xmp", packet)),
  ];
}
