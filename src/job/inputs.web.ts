/**
 * Pictures as inputs of jobs, read from files that a page was given.
 * @module
 */
import { nameOf, readPicture } from "../image/decode.web.ts";
import type { ReadOptions } from "../image/reading.ts";
import { blobSource, checksumOf } from "../network/byte-source.ts";
import type { InputPicture } from "./input-picture.ts";

/**
 * Reads a picture, and the checksum of the very bytes that it was decoded from.
 * @throws ImpastoError for one that is no picture, or too large.
 */
export async function readInput(file: Blob, options: ReadOptions = {}): Promise<InputPicture> {
  const picture = await readPicture(file, options);
  const name = nameOf(file);
  const checksum = await checksumOf(blobSource(file, name));
  return { picture: { ...picture, checksum }, facts: { name, checksum } };
}
