/**
 * The pictures that go in, read and named for the recipe. All are decoded before the work begins.
 * @module
 */
import { basename } from "node:path";
import { readPicture } from "../image/decode.node.ts";
import { checksumOfFile } from "../image/file.node.ts";
import type { Picture } from "../image/picture.ts";
import type { RecipeInput } from "../transfer/recipe.ts";
import type { StyleArgument } from "./style-arguments.ts";

/** A picture that was read, and what a recipe says of it. */
export interface InputPicture {
  readonly picture: Picture;
  readonly facts: RecipeInput;
}

/** All that goes into a transfer. */
export interface Inputs {
  readonly content: InputPicture;
  readonly styles: readonly (InputPicture & { readonly weight: number })[];
  readonly initial?: InputPicture;
}

/**
 * Reads the pictures.
 * @param init `content`, `noise` or the file to start from.
 * @throws MisuseError for files that are not there; ImpastoError for those that are no pictures.
 */
export async function readInputs(
  content: string,
  styles: readonly StyleArgument[],
  init: string,
): Promise<Inputs> {
  const read = {
    content: await readInput(content),
    styles: await Promise.all(
      styles.map(async ({ path, weight }) => ({ ...(await readInput(path)), weight })),
    ),
  };
  return isFile(init) ? { ...read, initial: await readInput(init) } : read;
}

/** Whether the option `init` names a file. */
export const isFile = (init: string): boolean => init !== "content" && init !== "noise";

async function readInput(path: string): Promise<InputPicture> {
  const picture = await readPicture(path);
  return { picture, facts: { name: basename(path), checksum: await checksumOfFile(path) } };
}
