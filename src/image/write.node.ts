/**
 * Writing results: whole or not at all, never through a device, never over another picture unless it was
 * named. Folders are not created. The checks can be made before hours of work as well as after.
 * @module
 */

import { access, constants, lstat, open, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { ImpastoError, MisuseError } from "../errors.ts";
import { throughLinks } from "./place.node.ts";
import { type Contents, clearBeside, createFile, replaceFile, temporaryBeside } from "./replace.node.ts";

/**
 * Replaces or creates a file in one step: it is written beside its place and checked, then renamed. When that fails,
 * an existing file is as it was and nothing is left behind. A link stays one, and what it points to is written.
 *
 * @throws MisuseError when the file cannot be written where it is asked for.
 * @throws ImpastoError when the disk refuses, full for instance.
 */
export async function writeAtomically(path: string, contents: Contents): Promise<void> {
  const place = await checkTarget(path);
  await replaceFile(place, contents).catch((cause: unknown) => {
    throw unwritable(path, cause);
  });
}

/**
 * Makes sure that a file could be written, by creating another beside it for a moment.
 *
 * @throws MisuseError when the folder does not exist or takes no files, or the name is a folder, a device
 * or a write-protected file.
 */
export async function checkWritable(path: string): Promise<void> {
  const trial = temporaryBeside(await checkTarget(path));
  try {
    const file = await open(trial, "wx");
    await file.close();
  } catch (cause) {
    throw unwritable(path, cause);
  } finally {
    await rm(trial, { force: true });
  }
}

/**
 * Removes what processes that were killed in the midst of `writeAtomically` left beside a file.
 *
 * @throws MisuseError when the folder cannot be looked into.
 */
export async function clearLeftovers(path: string): Promise<void> {
  await clearBeside(await checkTarget(path)).catch((cause: unknown) => {
    throw unwritable(path, cause);
  });
}

/**
 * The first name that no file has: `stem.extension`, then `stem-2.extension`, `stem-3.extension` and on.
 *
 * @param extension with its dot.
 * @returns The path; another program may take it at any moment, so write with `writeNew`.
 * @throws MisuseError when the folder cannot be looked into.
 * @example
 * await freeName(".", "cat-starry_night", ".png"); // "cat-starry_night-2.png" when the first is taken
 */
export async function freeName(folder: string, stem: string, extension: string): Promise<string> {
  for (let number = 1; ; number++) {
    const path = join(folder, `${stem}${number === 1 ? "" : `-${number}`}${extension}`);
    if (!(await isTaken(path))) return path;
  }
}

/**
 * Writes a file under the first free name, as `freeName` finds it, and never over a file that appears meanwhile. A process
 * that is killed leaves a file of that name that is whole, or none.
 *
 * @returns The path written.
 * @throws MisuseError when the file cannot be written where it is asked for.
 * @throws ImpastoError when the disk refuses, full for instance.
 */
export async function writeNew(
  folder: string,
  stem: string,
  extension: string,
  bytes: Uint8Array,
): Promise<string> {
  // Whatever number it comes to have, what is left over is known by the first.
  const first = join(folder, `${stem}${extension}`);
  for (;;) {
    const path = await freeName(folder, stem, extension);
    const created = await createFile(path, first, bytes).catch((cause: unknown) => {
      throw unwritable(path, cause);
    });
    if (created) return path;
  }
}

/** Whether there is a folder of that name. */
export const isFolder = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );

/**
 * Whether there is anything of that name, be it a link that leads nowhere.
 *
 * @throws MisuseError when the folder cannot be looked into.
 */
export async function isTaken(path: string): Promise<boolean> {
  try {
    await lstat(path); // a dangling link is a name taken, too
    return true;
  } catch (cause) {
    if (codeOf(cause) === "ENOENT") return false;
    throw unwritable(path, cause);
  }
}

/**
 * Refuses what no rename should replace: folders, devices, pipes and write-protected files.
 * @returns the path behind all links, which may be renamed to.
 */
async function checkTarget(path: string): Promise<string> {
  const folder = dirname(path);
  const parent = await lookAt(folder, path);
  if (parent === undefined) {
    throw new MisuseError(`There is no folder "${folder}", and folders are not created; make it first`);
  }
  if (!parent.isDirectory()) throw new MisuseError(`"${folder}" is not a folder; choose another output`);
  const target = await lookAt(path, path);
  const place = await throughLinks(path).catch((cause: unknown) => {
    throw unwritable(path, cause);
  });
  if (target === undefined) return place;
  if (target.isDirectory()) {
    throw new MisuseError(`"${path}" is a folder; name a file in it, such as "${join(path, "result.png")}"`);
  }
  if (!target.isFile()) throw new MisuseError(`"${path}" is not a plain file; choose another output`);
  await access(path, constants.W_OK).catch((cause: unknown) => {
    throw unwritable(path, cause);
  });
  return place;
}

async function lookAt(path: string, output: string): Promise<Awaited<ReturnType<typeof stat>> | undefined> {
  return stat(path).catch((cause: unknown) => {
    if (codeOf(cause) === "ENOENT") return undefined;
    throw unwritable(output, cause);
  });
}

function codeOf(cause: unknown): string {
  return cause instanceof Error && "code" in cause ? String(cause.code) : "unknown error";
}

/** Says in one sentence why the system refused to write. */
function unwritable(path: string, cause: unknown): ImpastoError {
  const code = codeOf(cause);
  const options = { cause };
  switch (code) {
    case "ENOENT":
    case "ENOTDIR":
      return new MisuseError(`There is no folder that can hold "${path}"; choose another output`, options);
    case "EACCES":
    case "EPERM":
    case "EROFS":
      return new MisuseError(`"${path}" may not be written; choose another output`, options);
    case "ENAMETOOLONG":
    case "EINVAL":
    case "ERR_INVALID_ARG_VALUE":
      return new MisuseError(`"${basename(path)}" is not a name a file can have; choose another`, options);
    case "ENOSPC":
    case "EDQUOT":
      return new ImpastoError(
        `There is no space left to write "${path}"; free some or write elsewhere`,
        options,
      );
    default:
      return new ImpastoError(`"${path}" cannot be written (${code}); choose another output`, options);
  }
}
