/**
 * Putting bytes in place of a file, whole or not at all: written beside it under a short name, checked, synced, renamed.
 * It knows nothing of who may write what; see write.node.ts.
 * @module
 */

import { createHash, randomBytes } from "node:crypto";
import type { Stats } from "node:fs";
import { type FileHandle, open, readdir, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

/** A file had another length after it was written than what was written into it: some disks say so in no other way. */
class CutShortError extends Error {
  override readonly name = "CutShortError";
  /** As the system names a full disk, which is what it comes of. */
  readonly code = "ENOSPC";
}

/** Bytes to write: as they are, or in parts that follow each other. */
export type Contents = Uint8Array | readonly Uint8Array[];

/** A name for a file that stands beside another for a moment: short, so that wherever that one fits this one does. */
export const temporaryBeside = (path: string): string =>
  join(dirname(path), `${beginningOf(path)}${randomBytes(4).toString("hex")}`);

/** Such names begin alike for one file, so that what a process that was killed left behind is known by its name. */
const beginningOf = (path: string): string =>
  `.impasto-${createHash("sha256").update(basename(path)).digest("hex").slice(0, 8)}-`;

/** Whether a file is one that stood beside another for a moment. */
export const isTemporary = (path: string): boolean =>
  /^\.impasto-[\da-f]{8}-[\da-f]{8}$/.test(basename(path));

/** Removes what processes that were killed as they replaced a file left beside it. */
export async function clearBeside(path: string): Promise<void> {
  const names = await readdir(dirname(path));
  for (const name of names.filter((one) => one.startsWith(beginningOf(path)))) {
    await rm(join(dirname(path), name), { force: true });
  }
}

/**
 * Replaces or creates a file in one step. An earlier file keeps its permissions, and its owner where that is allowed;
 * when anything fails it is as it was, and nothing is left beside it.
 * @param path no link: a link would be replaced itself.
 */
export async function replaceFile(path: string, contents: Contents): Promise<void> {
  const parts = contents instanceof Uint8Array ? [contents] : contents;
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const temporary = temporaryBeside(path);
  const earlier = await stat(path).catch(() => undefined);
  try {
    const file = await open(temporary, "wx", earlier?.mode);
    try {
      for (const part of parts) await file.writeFile(part);
      if (earlier !== undefined) await takeAfter(file, earlier);
      await file.sync();
      const { size } = await file.stat();
      if (size !== length) throw new CutShortError(`${size} of ${length} bytes were written`);
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await syncFolder(dirname(path));
}

/** The owner first, since changing it may take permissions away. */
async function takeAfter(file: FileHandle, { mode, uid, gid }: Stats): Promise<void> {
  await file.chown(uid, gid).catch(() => {});
  await file.chmod(mode & 0o777);
}

/** So that the new name outlasts a power failure. Not every system can: Windows opens no folders. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path).catch(() => undefined);
  await folder?.sync().catch(() => {});
  await folder?.close();
}
