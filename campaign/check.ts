/**
 * What holds after every blow: an output is whole or as it was before, what was rescued is whole, and nothing else is
 * touched; and what holds when all is done in the end.
 * @module
 */

import { join } from "node:path";
import { readRecipeJson } from "../src/cli/read-recipe.ts";
import { decodePicture } from "../src/image/decode.node.ts";
import { filesIn, type Place } from "./place.ts";
import type { Work } from "./works.ts";

/** What is wrong after a blow; nothing where all is well. */
export async function problemsIn(work: Work, { folder, temporary }: Place): Promise<readonly string[]> {
  const problems: string[] = [];
  const files = filesIn(folder);
  for (const [name, before] of work.files) {
    const now = files.get(name);
    if (work.isOutput(name)) {
      if (now === undefined) problems.push(`${name}, which was there before, is gone`);
    } else if (!name.endsWith(".checkpoint") && !now?.equals(before))
      problems.push(`${name} is not as it was`);
  }
  for (const [name, bytes] of files) {
    if (!work.isOutput(name) || isSame(bytes, work.files.get(name))) continue;
    if (!(await isWhole(join(folder, name), bytes)))
      problems.push(`${name} is not whole: ${bytes.length} bytes`);
  }
  for (const [name, bytes] of filesIn(temporary)) {
    if (name.endsWith(".png") && !(await isWhole(join(temporary, name), bytes))) {
      problems.push(`${name} was rescued and is not whole`);
    }
  }
  return problems;
}

/** What is wrong at the end. */
export function problemsAtTheEnd(work: Work, { folder }: Place): readonly string[] {
  const problems: string[] = [];
  const files = filesIn(folder);
  for (const [name, result] of work.results) {
    if (!files.get(name)?.equals(result)) problems.push(`${name} is another picture than without blows`);
  }
  for (const [name, bytes] of files) {
    if (work.files.has(name) && !name.endsWith(".checkpoint")) continue;
    // Where it was killed between writing the picture and letting go of the checkpoint, an unnamed picture is made twice.
    const isResult = work.isOutput(name) && [...work.results.values()].some((result) => result.equals(bytes));
    if (!isResult) problems.push(`${name} is left over`);
  }
  return problems;
}

const isSame = (bytes: Buffer, other: Uint8Array | undefined): boolean =>
  other !== undefined && bytes.equals(other);

/** Whether a file decodes and carries its recipe. */
async function isWhole(path: string, bytes: Uint8Array): Promise<boolean> {
  try {
    await decodePicture(bytes, path);
    await readRecipeJson(path);
    return true;
  } catch {
    return false;
  }
}
