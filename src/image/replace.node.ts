/**
 * Putting bytes in place of a file, whole or not at all: written beside it under a short name, checked, synced, renamed.
 * It knows nothing of who may write what; see write.node.ts.
 * @module
 */

import { randomBytes } from "node:crypto";
import type { Stats } from "node:fs";
import { type FileHandle, open, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";

/** A file had another length after it was written than what was written into it: some disks say so in no other way. */
class CutShortError extends Error {
  override readonly name = "CutShortError";
  /** As the system names a full disk, which is what it comes of. */
  readonly code = "ENOSPC";
}

/** A name for a file that stands beside another for a moment: short, so that wherever that one fits this one does. */
export const temporaryBeside = (path: string): string =>
  join(dirname(path), `.impasto-${randomBytes(4).toString("hex")}`);

/**
 * Replaces or creates a file in one step. An earlier file keeps its permissions, and its owner where that is allowed;
 * when anything fails it is as it was, and nothing is left beside it.
 * @param path no link: a link would be replaced itself.
 */
export async function replaceFile(path: string, bytes: Uint8Array): Promise<void> {
  const temporary = temporaryBeside(path);
  const earlier = await stat(path).catch(() => undefined);
  try {
    const file = await open(temporary, "wx", earlier?.mode);
    try {
      await file.writeFile(bytes);
      if (earlier !== undefined) await takeAfter(file, earlier);
      await file.sync();
      const { size } = await file.stat();
      if (size !== bytes.length) throw new CutShortError(`${size} of ${bytes.length} bytes were written`);
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
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path).catch(() => undefined);
  await folder?.sync().catch(() => {});
  await folder?.close();
}
