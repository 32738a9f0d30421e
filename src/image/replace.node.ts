/**
 * Putting bytes in place of a file, whole or not at all: written beside it under a short name, checked, synced, renamed.
 * It knows nothing of who may write what; see write.node.ts.
 * @module
 */

import { createHash, randomBytes } from "node:crypto";
import type { Stats } from "node:fs";
import { type FileHandle, link, open, readdir, rename, rm, stat } from "node:fs/promises";
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
  const earlier = await stat(path).catch(() => undefined);
  await throughTemporary(path, contents, earlier, (temporary) => rename(temporary, path));
  await syncFolder(dirname(path));
}

/**
 * Creates a file in one step, and never in place of another: at no moment is there an empty one of its name, which a
 * process that is killed would leave.
 * @param beside a name of which what is left over is called, in the same folder.
 * @returns false where there is something of that name by now; then it is as it was.
 */
export async function createFile(path: string, beside: string, contents: Contents): Promise<boolean> {
  const created = await throughTemporary(beside, contents, undefined, (temporary) => take(path, temporary));
  if (created) await syncFolder(dirname(path));
  return created;
}

/** Gives a file a name that none may have, and takes the old one from it. */
async function take(path: string, temporary: string): Promise<boolean> {
  try {
    await link(temporary, path);
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    if (!WITHOUT_LINKS.includes(codeOf(error))) throw error;
    // No more can be had there than that the name is taken first.
    if (!(await claim(path))) return false;
    await rename(temporary, path).catch(async (cause: unknown) => {
      await rm(path, { force: true });
      throw cause;
    });
    return true;
  }
  await rm(temporary, { force: true });
  return true;
}

/** What systems say of disks that know no second name for a file, such as FAT's. */
const WITHOUT_LINKS = ["EPERM", "ENOSYS", "ENOTSUP", "EOPNOTSUPP", "EMLINK", "EINVAL"];

/** Creates an empty file, unless there is one of that name: then false. */
async function claim(path: string): Promise<boolean> {
  try {
    const file = await open(path, "wx");
    await file.close();
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    throw error;
  }
}

const codeOf = (error: unknown): string =>
  error instanceof Error && "code" in error ? String(error.code) : "";

/** Another process that begins to write the same file takes what it finds beside it for left over: so often is it written again. */
const MOST_TRIES = 3;

/** Writes a file beside another, checks it, and has it put into its place; whatever fails, it is there no more. */
async function throughTemporary<Result>(
  path: string,
  contents: Contents,
  earlier: Stats | undefined,
  put: (temporary: string) => Promise<Result>,
): Promise<Result> {
  for (let tries = 1; ; tries++) {
    const temporary = temporaryBeside(path);
    try {
      await writeWhole(temporary, contents, earlier);
      return await put(temporary);
    } catch (error) {
      const vanished = codeOf(error) === "ENOENT" && (await stat(dirname(path)).catch(() => undefined));
      if (!vanished || tries === MOST_TRIES) throw error;
    } finally {
      await rm(temporary, { force: true });
    }
  }
}

/** Writes a new file to its last byte, and onto the disk. */
async function writeWhole(path: string, contents: Contents, earlier: Stats | undefined): Promise<void> {
  const parts = contents instanceof Uint8Array ? [contents] : contents;
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const file = await open(path, "wx", earlier?.mode);
  try {
    for (const part of parts) await file.writeFile(part);
    if (earlier !== undefined) await takeAfter(file, earlier);
    await file.sync();
    const { size } = await file.stat();
    if (size !== length) throw new CutShortError(`${size} of ${length} bytes were written`);
  } finally {
    await file.close();
  }
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
