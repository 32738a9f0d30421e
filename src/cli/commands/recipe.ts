/**
 * `impasto recipe`: prints what a result says of its making.
 * @module
 */
import { printableJson } from "../printable.ts";
import { readRecipeJson } from "../read-recipe.ts";

/** Prints the recipe of a picture as indented JSON. */
export async function recipeCommand(path: string): Promise<void> {
  process.stdout.write(`${printableJson(await readRecipeJson(path), 2)}\n`);
}
