/**
 * Pictures as inputs of jobs, read from files under Node.
 * @module
 */
import { basename } from "node:path";
import { decodePicture, sizeOfPicture } from "../image/decode.node.ts";
import { checksumOfBytes, readBytes, STANDARD_INPUT } from "../image/file.node.ts";
import type { Picture } from "../image/picture.ts";
import type { ReadOptions } from "../image/reading.ts";
import type { Size } from "../image/size.ts";
import { heldBytes, PROCESS_BYTES } from "../transfer/plan.ts";
import type { InputPicture } from "./input-picture.ts";
import type { JobInput } from "./recipe.ts";

/**
 * Reads a picture, and the checksum of the very bytes that it was decoded from.
 * @throws MisuseError for a file that is not there; ImpastoError for one that is no picture, or too large.
 */
export async function readInput(path: string, options: ReadOptions = {}): Promise<InputPicture> {
  const bytes = await readBytes(path, options.memory);
  return decodeInput(bytes, path, options);
}

/** A picture that was looked at, but not decoded. */
export interface LookedInput {
  readonly size: Size;
  readonly facts: JobInput;
}

/**
 * What a job says of a picture, and the size that it would be read at.
 * @throws MisuseError for a file that is not there; ImpastoError for one that is no picture, or too large.
 */
export async function lookAtInput(path: string, options: ReadOptions = {}): Promise<LookedInput> {
  const bytes = await readBytes(path, options.memory);
  const size = await sizeOfPicture(bytes, path, options);
  return { size, facts: { name: pictureName(path), checksum: checksumOfBytes(bytes) } };
}

/** As {@link readInput}, of a file that is in memory. */
export async function decodeInput(
  bytes: Uint8Array,
  path: string,
  options: ReadOptions = {},
): Promise<InputPicture> {
  const picture = await decodePicture(bytes, path, options);
  const checksum = checksumOfBytes(bytes);
  return { picture: { ...picture, checksum }, facts: { name: pictureName(path), checksum } };
}

/** What a picture is called where folders do not matter. */
export const pictureName = (path: string): string => (path === STANDARD_INPUT ? "stdin" : basename(path));

/** Pictures that take no more than this are read in any case. */
const SMALL = 32e6;

/**
 * Bytes to read a picture with.
 * @param memory bytes that the process may use.
 * @param held the pictures that are there already.
 */
export const memoryToRead = (memory: number, held: readonly Picture[]): number =>
  Math.max(SMALL, memory - PROCESS_BYTES - heldBytes(held));
