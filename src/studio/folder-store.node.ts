/**
 * Bytes by names in a folder that people look into: what came of runs is there to be seen, beside whatever else they keep
 * there, and everything else is in one hidden folder within. A file is whole or is not there: what was being written when a
 * process was killed is cleared away when the folder is opened again.
 * @module
 */
import { mkdir, readdir, readFile, rename, rm } from "node:fs/promises";
import { dirname, join, relative, sep } from "node:path";
import { ImpastoError, MisuseError } from "../errors.ts";
import { isTemporary, syncFolder, temporaryBeside } from "../image/replace.node.ts";
import { writeAtomically } from "../image/write.node.ts";
import { turns } from "../job/runner.ts";
import type { Store } from "./platform.ts";
import { RESULTS } from "./run-record.ts";

/** The folder within that is the studio's own. */
export const insideOf = (folder: string): string => join(folder, ".studio");

/**
 * Opens a folder, which is made where there is none.
 * @throws MisuseError where it cannot be used.
 */
export async function openFolderStore(folder: string): Promise<Store> {
  const inside = insideOf(folder);
  await makeFolder(inside);
  for (const path of await filesIn(inside)) if (isTemporary(path)) await rm(path, { force: true });
  const pathOf = (name: string): string =>
    isResult(checkedName(name)) ? join(folder, name.slice(RESULTS.length)) : join(inside, ...name.split("/"));
  // Of one name, what was asked for last is what stays.
  const inTurn = new Map<string, ReturnType<typeof turns>>();
  const inTurnOf = <Result>(name: string, work: () => Promise<Result>): Promise<Result> => {
    const own = inTurn.get(name) ?? turns();
    inTurn.set(name, own);
    return own(work);
  };
  return {
    read: async (name) => readIfThere(pathOf(name)),
    async write(name, parts) {
      const path = pathOf(name);
      await inTurnOf(name, () =>
        isResult(name) ? writeAmongOthers(path, parts, inside) : writeInside(path, parts),
      );
    },
    async remove(name) {
      const path = pathOf(name);
      await inTurnOf(name, () => rm(path, { force: true }));
      inTurn.delete(name);
    },
    async list(prefix) {
      if (isResult(prefix)) {
        // All that is there, for nothing of it may be written over.
        const names = await readdir(folder).catch(() => []);
        return names
          .map((name) => RESULTS + name)
          .filter((name) => name.startsWith(prefix) && isName(name))
          .sort();
      }
      // What is asked for is most often in one folder of many.
      const [, within = ""] = /^(.*\/)?[^/]*$/.exec(prefix) ?? [];
      const start = within === "" ? inside : pathOf(within.slice(0, -1));
      const names = (await filesIn(start)).map((path) => relative(inside, path).split(sep).join("/"));
      return names.filter((name) => name.startsWith(prefix) && isName(name)).sort();
    },
  };
}

const isResult = (name: string): boolean => name.startsWith(RESULTS);

/** Makes a folder where there is none. @throws MisuseError where it cannot be made. */
export async function makeFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true }).catch((cause: unknown) => {
    throw new MisuseError(
      `"${dirname(folder)}" cannot be used as a folder (${codeOf(cause)}); name another with --folder`,
      { cause },
    );
  });
}

async function readIfThere(path: string): Promise<Uint8Array | undefined> {
  return readFile(path).catch((cause: unknown) => {
    if (codeOf(cause) === "ENOENT" || codeOf(cause) === "ENOTDIR") return undefined;
    throw new ImpastoError(`"${path}" cannot be read (${codeOf(cause)})`, { cause });
  });
}

async function writeInside(path: string, parts: readonly Uint8Array[]): Promise<void> {
  await mkdir(dirname(path), { recursive: true }).catch((cause: unknown) => {
    throw new ImpastoError(`"${dirname(path)}" cannot be made (${codeOf(cause)})`, { cause });
  });
  await writeAtomically(path, parts);
}

/** Written where nobody looks, and moved when it is whole. */
async function writeAmongOthers(path: string, parts: readonly Uint8Array[], inside: string): Promise<void> {
  const made = temporaryBeside(join(inside, "result"));
  try {
    await writeAtomically(made, parts);
    await rename(made, path);
  } catch (cause) {
    await rm(made, { force: true });
    if (cause instanceof ImpastoError) throw cause;
    throw new ImpastoError(`"${path}" cannot be written (${codeOf(cause)})`, { cause });
  }
  await syncFolder(dirname(path));
}

/** Plain files in a folder and those below it, links left out; none where there is no folder. */
async function filesIn(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

/** Words that no system takes for anything but a file's name; hidden ones are not the store's. */
const PART = /^[^\p{C}/\\:*?"<>|.][^\p{C}/\\:*?"<>|]*(?<![. ])$/u;

/** What Windows takes for devices. */
const DEVICE = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i;

/** As long as most systems allow, with room for what is written beside it. */
const MOST_BYTES = 200;

function isName(name: string): boolean {
  const parts = name.split("/");
  if (isResult(name) && parts.length > 2) return false;
  return parts.every(
    (part) => PART.test(part) && !DEVICE.test(part) && Buffer.byteLength(part) <= MOST_BYTES,
  );
}

function checkedName(name: string): string {
  if (isName(name)) return name;
  throw new MisuseError(`"${name}" is not a name that the studio's folder takes`);
}

const codeOf = (cause: unknown): string =>
  cause instanceof Error && "code" in cause ? String(cause.code) : "unknown error";
