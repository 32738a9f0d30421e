/**
 * Bytes by names in a folder, each a file that people can see. A file is whole or is not there: what was being written when
 * a process was killed is cleared away when the folder is opened again.
 * @module
 */
import { mkdir, readdir, readFile, rm } from "node:fs/promises";
import { dirname, join, relative, sep } from "node:path";
import { ImpastoError, MisuseError } from "../errors.ts";
import { isTemporary } from "../image/replace.node.ts";
import { writeAtomically } from "../image/write.node.ts";
import { turns } from "../job/runner.ts";
import type { Store } from "./platform.ts";

/**
 * Opens a folder, which is made where there is none.
 * @throws MisuseError where it cannot be used.
 */
export async function openFolderStore(folder: string): Promise<Store> {
  await makeFolder(folder);
  for (const path of await filesIn(folder)) if (isTemporary(path)) await rm(path, { force: true });
  // Of one name, what was asked for last is what stays.
  const inTurn = new Map<string, ReturnType<typeof turns>>();
  const inTurnOf = <Result>(name: string, work: () => Promise<Result>): Promise<Result> => {
    const own = inTurn.get(name) ?? turns();
    inTurn.set(name, own);
    return own(work);
  };
  const pathOf = (name: string): string => join(folder, ...checkedName(name).split("/"));
  return {
    async read(name) {
      const bytes = await readFile(pathOf(name)).catch((cause: unknown) => {
        if (codeOf(cause) === "ENOENT" || codeOf(cause) === "ENOTDIR") return undefined;
        throw new ImpastoError(`"${pathOf(name)}" cannot be read (${codeOf(cause)})`, { cause });
      });
      return bytes;
    },
    async write(name, parts) {
      const path = pathOf(name);
      await inTurnOf(name, async () => {
        await mkdir(dirname(path), { recursive: true }).catch((cause: unknown) => {
          throw new ImpastoError(`"${dirname(path)}" cannot be made (${codeOf(cause)})`, { cause });
        });
        await writeAtomically(path, parts);
      });
    },
    async remove(name) {
      const path = pathOf(name);
      await inTurnOf(name, () => rm(path, { force: true }));
      inTurn.delete(name);
    },
    async list(prefix) {
      // What is asked for is most often in one folder of many.
      const [, within = ""] = /^(.*\/)?[^/]*$/.exec(prefix) ?? [];
      const start = within === "" ? folder : pathOf(within.slice(0, -1));
      const names = (await filesIn(start)).map((path) => relative(folder, path).split(sep).join("/"));
      return names.filter((name) => name.startsWith(prefix) && isName(name)).sort();
    },
  };
}

/** Makes a folder where there is none. @throws MisuseError where it cannot be made. */
export async function makeFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true }).catch((cause: unknown) => {
    throw new MisuseError(
      `"${folder}" cannot be used as a folder (${codeOf(cause)}); name another with --folder`,
      { cause },
    );
  });
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

const isName = (name: string): boolean =>
  name
    .split("/")
    .every((part) => PART.test(part) && !DEVICE.test(part) && Buffer.byteLength(part) <= MOST_BYTES);

function checkedName(name: string): string {
  if (isName(name)) return name;
  throw new MisuseError(`"${name}" is not a name that the studio's folder takes`);
}

const codeOf = (cause: unknown): string =>
  cause instanceof Error && "code" in cause ? String(cause.code) : "unknown error";
