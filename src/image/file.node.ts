/**
 * Reading whole files that a user named: what is not a plain file with something in it is refused before
 * it is opened, since opening a pipe or a device may never return.
 * @module
 */

import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import { ImpastoError, MisuseError } from "../errors.ts";

/** No picture within MAX_PIXELS is larger, not even uncompressed with 16 bits a channel. */
const MAX_BYTES = 2 ** 30;

/**
 * Reads a file of at most 1 GiB.
 *
 * @throws MisuseError when there is no such file, or it is a folder or may not be read.
 * @throws ImpastoError when it is empty, too large or cannot be read to its end.
 */
export async function readBytes(path: string): Promise<Uint8Array> {
  const size = await checkFile(path);
  if (size > MAX_BYTES) {
    throw new ImpastoError(`"${path}" is larger than 1 GiB; give a smaller picture`);
  }
  return readFile(path).catch((cause: unknown) => {
    throw unreadable(path, cause);
  });
}

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

/** The size of a plain, non-empty file in bytes. */
async function checkFile(path: string): Promise<number> {
  const found = await stat(path).catch((cause: unknown) => {
    throw unreadable(path, cause);
  });
  if (found.isDirectory()) throw new MisuseError(`"${path}" is a folder; name a file in it`);
  if (!found.isFile()) throw new MisuseError(`"${path}" is not a plain file; save its contents to one`);
  if (found.size === 0) throw new ImpastoError(`"${path}" is empty; fetch or save it again`);
  return found.size;
}

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
    case "ENAMETOOLONG":
    case "ELOOP":
    case "ERR_INVALID_ARG_VALUE":
      return new MisuseError(`"${path}" is not a name that a file can have; check it`, options);
    default:
      return new ImpastoError(`"${path}" cannot be read (${code}); check the disk or copy the file`, options);
  }
}
