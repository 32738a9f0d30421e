/**
 * The picture as it is, written to a file every few seconds, for an image viewer that reloads it.
 * @module
 */
import { ImpastoError, MisuseError } from "../errors.ts";
import { encodePicture } from "../image/encode.node.ts";
import { formatOfPath } from "../image/format.ts";
import { checkWritable, clearLeftovers, writeAtomically } from "../image/write.node.ts";
import type { Iterate } from "../transfer/iterate.ts";
import { isStandardOutput } from "./standard-output.ts";

/** Milliseconds between two previews. */
const PAUSE = 2000;

/**
 * Prepares a preview; without a file, one that does nothing. One that cannot be written on the way is given up, for the
 * work itself has not failed.
 * @param note told of it.
 * @throws MisuseError when the file cannot be written to at the beginning.
 */
export async function openPreview(
  path: string | undefined,
  note: (text: string) => void,
): Promise<(iterate: Iterate) => Promise<void>> {
  if (path === undefined) return async () => {};
  if (isStandardOutput(path)) {
    throw new MisuseError("--preview needs a file, which it writes again and again: name one.");
  }
  const format = formatOfPath(path);
  await checkWritable(path);
  await clearLeftovers(path);
  let last = Number.NEGATIVE_INFINITY;
  return async (iterate) => {
    if (performance.now() - last < PAUSE) return;
    const picture = await iterate.picture();
    try {
      await writeAtomically(path, await encodePicture(picture, format));
      last = performance.now();
    } catch (error) {
      if (!(error instanceof ImpastoError)) throw error;
      last = Number.POSITIVE_INFINITY;
      note(`No more previews: ${error.message}`);
    }
  };
}
