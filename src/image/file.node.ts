/**
 * Reading whole files that a user named, pipes and standard input among them. Devices, which may never end, are refused
 * before they are opened.
 * @module
 */

import { createHash } from "node:crypto";
import { createReadStream, type Stats } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { ImpastoError, MisuseError } from "../errors.ts";

/** The name of standard input. */
export const STANDARD_INPUT = "-";

/** The most that Node reads at once. */
const MAX_BYTES = 2 ** 31 - 1;

/**
 * Reads a file, a pipe or, as `-`, standard input, to its end.
 *
 * @param memory bytes that it may take; at most 2 GiB in any case.
 * @throws MisuseError when there is no such file, or it is a folder or a device, or may not be read.
 * @throws ImpastoError when it is empty, too large or cannot be read to its end.
 */
export async function readBytes(path: string, memory = Number.POSITIVE_INFINITY): Promise<Uint8Array> {
  const most = Math.min(MAX_BYTES, memory);
  const found = path === STANDARD_INPUT ? undefined : await lookAt(path);
  if (found?.isFile() === true) {
    if (found.size > most) throw tooLarge(path, most);
    if (found.size === 0) throw empty(path);
    return readFile(path).catch((cause: unknown) => {
      throw unreadable(path, cause);
    });
  }
  if (found?.isFIFO() === false) {
    throw new MisuseError(
      `"${path}" is neither a file nor a pipe; save its contents to a file, or pipe them in and name them "-"`,
    );
  }
  if (found === undefined && process.stdin.isTTY) {
    throw new MisuseError(`"-" is a picture from standard input, which is a terminal; pipe a picture in`);
  }
  return readStream(path, found === undefined ? process.stdin : createReadStream(path), most);
}

async function readStream(path: string, stream: Readable, most: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const chunk of stream) {
      chunks.push(chunk);
      length += chunk.length;
      if (length > most) throw tooLarge(path, most);
    }
  } catch (cause) {
    throw cause instanceof ImpastoError ? cause : unreadable(path, cause);
  }
  if (length === 0) throw empty(path);
  return Buffer.concat(chunks);
}

/** Computes the SHA-256 checksum of bytes, as a recipe states it: 64 hexadecimal digits. */
export const checksumOfBytes = (bytes: Uint8Array): string =>
  createHash("sha256").update(bytes).digest("hex");

/**
 * Computes the SHA-256 checksum of a file of any size, as a recipe states it.
 *
 * @returns 64 hexadecimal digits.
 * @throws MisuseError when there is no such file, or it is a folder or may not be read.
 * @throws ImpastoError when it is empty or cannot be read to its end.
 */
export async function checksumOfFile(path: string): Promise<string> {
  await checkFile(path);
  const hash = createHash("sha256");
  try {
    await pipeline(createReadStream(path), hash);
  } catch (cause) {
    throw unreadable(path, cause);
  }
  return hash.digest("hex");
}

/** Refuses what is no plain file, or has nothing in it. */
async function checkFile(path: string): Promise<void> {
  const found = await lookAt(path);
  if (!found.isFile()) throw new MisuseError(`"${path}" is not a plain file; save its contents to one`);
  if (found.size === 0) throw empty(path);
}

/** Refuses what is not there, and folders. */
async function lookAt(path: string): Promise<Stats> {
  const found = await stat(path).catch((cause: unknown) => {
    throw unreadable(path, cause);
  });
  if (found.isDirectory()) throw isFolder(path);
  return found;
}

const isFolder = (path: string): MisuseError => new MisuseError(`"${path}" is a folder; name a file in it`);

const empty = (path: string): ImpastoError => new ImpastoError(`"${path}" is empty; fetch or save it again`);

const tooLarge = (path: string, most: number): ImpastoError =>
  new ImpastoError(
    `"${path}" is larger than the ${Math.floor(most / 1e6)} MB that may be read; give a smaller picture or allow more memory`,
  );

/** Says in one sentence why the system refused a file. */
function unreadable(path: string, cause: unknown): ImpastoError {
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : "unknown error";
  const options = { cause };
  switch (code) {
    case "ENOENT":
    case "ENOTDIR":
      return new MisuseError(`There is no file "${path}"; check the name and the folder`, options);
    case "EACCES":
    case "EPERM":
      return new MisuseError(`"${path}" may not be read; change its permissions`, options);
    case "EISDIR":
      return isFolder(path);
    case "ENAMETOOLONG":
    case "ELOOP":
    case "ERR_INVALID_ARG_VALUE":
      return new MisuseError(`"${path}" is not a name that a file can have; check it`, options);
    default:
      return new ImpastoError(`"${path}" cannot be read (${code}); check the disk or copy the file`, options);
  }
}
