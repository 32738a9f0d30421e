/**
 * A folder that every machine sees, as by NFS or SMB, as storage. Folders for results are not created, but for the one that
 * impasto keeps its own files in.
 * @module
 */
import { mkdir, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { ImpastoError, MisuseError } from "../errors.ts";
import { readBytes } from "../image/file.node.ts";
import { readRecipe } from "../image/recipe.node.ts";
import { checkWritable, clearLeftovers, isTaken, writeAtomically } from "../image/write.node.ts";
import { jobFrom } from "../job/recipe.ts";
import { MARK } from "./names.ts";
import { idOf } from "./payload.ts";
import { type Storage, StorageError } from "./storage.ts";

/** Opens it. @param folder its path on this machine. */
export function folderStorage(folder: string): Storage {
  const place = `"${folder}"`;
  const pathOf = (name: string): string => join(folder, name);
  return {
    place,
    async check() {
      if ((await kindOf(pathOf(MARK))) === "file") return;
      throw new StorageError(
        `No jobs were put on a queue for the folder ${place}, or it is not mounted: name the folder that \`impasto batch --queue\` was given as --storage.`,
      );
    },
    async mark() {
      if ((await kindOf(folder)) !== "folder") {
        throw new MisuseError(`There is no folder ${place}, which --storage names; make it first.`);
      }
      if ((await kindOf(pathOf(MARK))) === "file") return;
      await inOwnFolder(pathOf(MARK), (path) => writeAtomically(path, Buffer.from("impasto\n")));
    },
    async read(name, memory) {
      const path = pathOf(name);
      if (!(await isTaken(path).catch(asStorageError))) return undefined;
      return readBytes(path, memory).catch((error: unknown) => {
        // What the system refuses is the storage's doing; a name or a size is the job's.
        if (error instanceof MisuseError || !(error instanceof ImpastoError && error.cause)) throw error;
        return asStorageError(error);
      });
    },
    async write(name, parts, madeBy) {
      const path = pathOf(name);
      if (madeBy === undefined) return inOwnFolder(path, (own) => writeAtomically(own, parts));
      // A folder that cannot be looked into can be written to all the same.
      await clearLeftovers(path).catch(() => {});
      await writeAtomically(path, parts).catch(asWhoseFault);
    },
    remove: (name) => rm(pathOf(name), { force: true }).catch(asStorageError),
    async lookAt(name) {
      const path = pathOf(name);
      if (!(await isTaken(path).catch(asStorageError))) {
        // Better known before the work.
        await checkWritable(path).catch(asWhoseFault);
        return undefined;
      }
      const recipe: unknown = await readRecipe(path)
        .then(JSON.parse)
        .catch(() => undefined);
      return recipe === undefined ? { isResult: false } : { isResult: true, id: finishedJob(recipe, name) };
    },
  };
}

/** The job that a recipe says was done to its end. */
function finishedJob(recipe: unknown, name: string): string | undefined {
  if (!(recipe instanceof Object && "stopped" in recipe) || recipe.stopped !== false) return undefined;
  try {
    return idOf(jobFrom(recipe), name);
  } catch (error) {
    // Another version's.
    if (error instanceof ImpastoError) return undefined;
    throw error;
  }
}

const kindOf = (path: string): Promise<"file" | "folder" | "nothing"> =>
  stat(path).then(
    (found) => (found.isDirectory() ? "folder" : "file"),
    () => "nothing",
  );

async function inOwnFolder(path: string, work: (path: string) => Promise<void>): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true });
    await work(path);
  } catch (error) {
    asStorageError(error);
  }
}

/** What the system says of a storage that this machine may not write, or that has no room. */
const STORAGE_CODES = ["EACCES", "EPERM", "EROFS", "ENOSPC", "EDQUOT"];

/** A folder that is not there, or a name that no file can have, is the job's fault; all else is the storage's. */
function asWhoseFault(error: unknown): never {
  const cause = error instanceof Error ? error.cause : undefined;
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
  if (error instanceof MisuseError && !STORAGE_CODES.includes(code)) throw error;
  return asStorageError(error);
}

function asStorageError(cause: unknown): never {
  throw new StorageError(cause instanceof Error ? cause.message : String(cause), { cause });
}
