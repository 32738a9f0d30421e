/**
 * Files as sources of bytes under Node, open for as long as they are used; and their checksums.
 * @module
 */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { type FileHandle, open, stat } from "node:fs/promises";
import { ImpastoError, MisuseError } from "../errors.ts";
import type { ByteSource } from "./byte-source.ts";

/**
 * Opens a file for as long as `use` takes.
 *
 * @param what it should be, for messages.
 * @throws {MisuseError} If there is no such file.
 * @throws {ImpastoError} If it cannot be read.
 */
export async function withFileSource<Result>(
  path: string,
  use: (source: ByteSource) => Promise<Result>,
  what = WEIGHTS,
): Promise<Result> {
  const size = await sizeOf(path, what);
  const handle = await open(path, "r").catch((error: Error) => {
    throw new ImpastoError(`${path} cannot be read: ${error.message}`, { cause: error });
  });
  try {
    return await use({ name: path, size, read: (begin, end) => readBytes(handle, begin, end) });
  } finally {
    await handle.close();
  }
}

const WEIGHTS = "file of weights";

async function sizeOf(path: string, what: string): Promise<number> {
  try {
    const stats = await stat(path);
    if (stats.isDirectory()) throw new MisuseError(`${path} is a folder; name a ${what} in it`);
    if (!stats.isFile()) throw new MisuseError(`${path} is not a regular file; name a ${what}`);
    return stats.size;
  } catch (error) {
    if (error instanceof ImpastoError) throw error;
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "ENOENT" || code === "ENOTDIR") {
      throw new MisuseError(`${path} does not exist; name a ${what}`, {
        cause: error,
        ...(what === WEIGHTS ? { lacks: "weights" } : {}),
      });
    }
    throw new ImpastoError(`${path} cannot be read (${String(code)})`, { cause: error });
  }
}

async function readBytes(handle: FileHandle, begin: number, end: number): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(end - begin);
  let done = 0;
  while (done < bytes.length) {
    const { bytesRead } = await handle.read(bytes, done, bytes.length - done, begin + done);
    if (bytesRead === 0) break;
    done += bytesRead;
  }
  return bytes.subarray(0, done);
}

/**
 * Hashes a file, in hexadecimal, holding a megabyte of it at a time.
 *
 * @throws {Error} If the file cannot be read.
 */
export async function digestFile(path: string, algorithm: "md5" | "sha256"): Promise<string> {
  const hash = createHash(algorithm);
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) hash.update(chunk);
  return hash.digest("hex");
}
