/**
 * Where the bytes of a result go: a file that was named, standard output, or the first free name in the current folder.
 * Checked before the work.
 * @module
 */
import { join } from "node:path";
import { checkWritable, clearLeftovers, freeName, writeAtomically, writeNew } from "../image/write.node.ts";
import { isStandardOutput, writeToStandardOutput } from "./standard-output.ts";

/** Writes bytes to their place, and returns its name. */
export type WriteBytes = (bytes: Uint8Array) => Promise<string>;

/**
 * Opens the place, and clears away what a process that was killed left there in its midst.
 * @param output the file that was named, or `-`, if any.
 * @param stem the name without its extension otherwise.
 * @param folder where that file goes.
 * @throws MisuseError when it cannot be written to.
 */
export async function openPlace(
  output: string | undefined,
  stem: string,
  extension: string,
  folder = ".",
): Promise<WriteBytes> {
  if (isStandardOutput(output)) return writeToStandardOutput;
  // Of what was killed as it wrote; a folder that cannot be looked into can be written to all the same.
  await clearLeftovers(output ?? join(folder, `${stem}${extension}`)).catch(() => {});
  await checkWritable(output ?? (await freeName(folder, stem, extension)));
  if (output === undefined) return (bytes) => writeNew(folder, stem, extension, bytes);
  return async (bytes) => {
    await writeAtomically(output, bytes);
    return output;
  };
}
