/**
 * The picture as it is, written to a file every few seconds, for an image viewer that reloads it.
 * @module
 */
import { encodePicture } from "../image/encode.node.ts";
import { formatOfPath } from "../image/format.ts";
import { checkWritable, writeAtomically } from "../image/write.node.ts";
import type { Iterate } from "../transfer/iterate.ts";

/** Milliseconds between two previews. */
const PAUSE = 2000;

/**
 * Prepares a preview; without a file, one that does nothing.
 * @throws MisuseError when the file cannot be written to.
 */
export async function openPreview(path: string | undefined): Promise<(iterate: Iterate) => Promise<void>> {
  if (path === undefined) return async () => {};
  const format = formatOfPath(path);
  await checkWritable(path);
  let last = Number.NEGATIVE_INFINITY;
  return async (iterate) => {
    if (performance.now() - last < PAUSE) return;
    await writeAtomically(path, await encodePicture(iterate.picture(), format));
    last = performance.now();
  };
}
