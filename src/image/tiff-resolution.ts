/**
 * Takes the resolution out of a TIFF file, which must state one: a ratio of 1 to 1, in no unit (TIFF 6.0, sections 2
 * and 8). For files as libvips writes them: one directory, not a BigTIFF.
 * @module
 */

const X_RESOLUTION = 282;
const Y_RESOLUTION = 283;
const RESOLUTION_UNIT = 296;
const NO_UNIT = 1;

/** Changes the file in place. */
export function dropTiffResolution(tiff: Uint8Array): void {
  const view = new DataView(tiff.buffer, tiff.byteOffset, tiff.byteLength);
  const little = tiff[0] === 0x49;
  const directory = view.getUint32(4, little);
  const entries = view.getUint16(directory, little);
  for (let entry = directory + 2; entry < directory + 2 + 12 * entries; entry += 12) {
    const tag = view.getUint16(entry, little);
    if (tag === RESOLUTION_UNIT) view.setUint16(entry + 8, NO_UNIT, little);
    if (tag !== X_RESOLUTION && tag !== Y_RESOLUTION) continue;
    const fraction = view.getUint32(entry + 8, little);
    view.setUint32(fraction, 1, little);
    view.setUint32(fraction + 4, 1, little);
  }
}
