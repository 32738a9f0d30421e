/**
 * Takes the resolution out of a TIFF file, which must state one: a ratio of 1 to 1, in no unit (TIFF 6.0, sections 2
 * and 8). For files as libvips writes them: one directory, not a BigTIFF.
 * @module
 */

import { openTags, readDirectory } from "./ifd.ts";

const X_RESOLUTION = 282;
const Y_RESOLUTION = 283;
const RESOLUTION_UNIT = 296;
const NO_UNIT = 1;

/** Changes the file in place. */
export function dropTiffResolution(tiff: Uint8Array): void {
  const file = openTags(tiff);
  const entries = file && readDirectory(file, file.first)?.entries;
  if (file === undefined || entries === undefined) return;
  const { view, littleEndian } = file;
  const unit = entries.get(RESOLUTION_UNIT);
  if (unit !== undefined) view.setUint16(unit.at, NO_UNIT, littleEndian);
  for (const fraction of [entries.get(X_RESOLUTION), entries.get(Y_RESOLUTION)]) {
    if (fraction === undefined) continue;
    view.setUint32(fraction.at, 1, littleEndian);
    view.setUint32(fraction.at + 4, 1, littleEndian);
  }
}
