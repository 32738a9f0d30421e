/**
 * The recipe in a picture, as JSON that comes from elsewhere.
 * @module
 */
import { ImpastoError } from "../errors.ts";
import { STANDARD_INPUT } from "../image/file.node.ts";
import { readRecipe } from "../image/recipe.node.ts";

/** A recipe has four levels; what has many more would break whoever walks through it. */
const MOST_LEVELS = 100;

/**
 * Reads the recipe of a picture.
 * @throws MisuseError for a file that is not there; ImpastoError where it has no recipe, or one that is no JSON.
 */
export async function readRecipeJson(path: string): Promise<unknown> {
  const text = await readRecipe(path);
  if (levelsOf(text) > MOST_LEVELS) {
    throw new ImpastoError(
      `The recipe in ${sourceOf(path)} is nested more than ${MOST_LEVELS} levels deep, as none of impasto's is; another program has changed it, so take the picture as impasto wrote it.`,
    );
  }
  return parse(text, path);
}

const sourceOf = (path: string): string => (path === STANDARD_INPUT ? "standard input" : `"${path}"`);

function parse(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new ImpastoError(
      `The recipe in ${sourceOf(path)} is not JSON; another program has changed it, so take the picture as impasto wrote it.`,
      { cause },
    );
  }
}

/** How deep the brackets of a JSON text are nested. */
function levelsOf(json: string): number {
  let [level, deepest, quoted] = [0, 0, false];
  for (let i = 0; i < json.length; i++) {
    const character = json.charAt(i);
    if (character === "\\") i += 1;
    else if (character === '"') quoted = !quoted;
    else if (!quoted && "[{".includes(character)) level += 1;
    else if (!quoted && "]}".includes(character)) level -= 1;
    deepest = Math.max(deepest, level);
  }
  return deepest;
}
