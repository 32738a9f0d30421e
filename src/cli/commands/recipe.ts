/**
 * `impasto recipe`: prints what a result says of its making.
 * @module
 */
import { ImpastoError } from "../../errors.ts";
import { readRecipe } from "../../image/recipe.node.ts";

/** Prints the recipe of a picture as indented JSON. */
export async function recipeCommand(path: string): Promise<void> {
  const text = await readRecipe(path);
  process.stdout.write(`${JSON.stringify(parse(text, path), null, 2)}\n`);
}

function parse(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new ImpastoError(`The recipe in "${path}" is not JSON; another program has changed it.`, { cause });
  }
}
