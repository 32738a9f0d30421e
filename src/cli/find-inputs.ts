/**
 * Finds the files that a job names, by name and checksum: where they were, in folders where they may be, and under other
 * names. A file counts as found when its checksum is right, and for no other reason.
 * @module
 */
import { readdir } from "node:fs/promises";
import { basename, extname, join } from "node:path";
import { glob } from "tinyglobby";
import { ImpastoError, MisuseError } from "../errors.ts";
import { checksumOfBytes, checksumOfFile, readBytes } from "../image/file.node.ts";
import type { Picture } from "../image/picture.ts";
import { isFolder } from "../image/write.node.ts";
import { decodeInput, memoryToRead } from "../job/inputs.node.ts";
import type { JobIo } from "../job/job.ts";
import type { JobInput } from "../job/recipe.ts";
import { required } from "../required.ts";
import { defaultMemory } from "../transfer/engine.node.ts";
import type { Options } from "../transfer/options.ts";
import { settingsFrom } from "./flags.ts";
import { isNamedAsPicture } from "./folder.ts";
import type { SeeFile } from "./inputs.ts";

/** Files in another. */
export interface HeldFiles {
  /** The file that holds them. */
  readonly by: string;
  /** Their bytes, by the checksums that they had. */
  readonly files: Readonly<Record<string, Uint8Array>>;
}

/** Where files may be. */
export interface Places {
  readonly held?: HeldFiles;
  /** Where they were, by checksum. */
  readonly paths?: ReadonlyMap<string, string>;
  /** Folders to look into, but not into those below. */
  readonly folders: readonly string[];
  /** A folder to look into, and into all below. */
  readonly find?: string | undefined;
}

/** A file that was found. */
export interface FoundFile {
  readonly path: string;
  /** Its bytes, where they are in memory already. */
  readonly bytes?: Uint8Array;
}

/** Files by their checksums. */
export type FoundFiles = ReadonlyMap<string, FoundFile>;

/** Where they are, those in memory left out. */
export const pathsOf = (found: FoundFiles): readonly string[] =>
  [...found.values()].flatMap(({ path, bytes }) => (bytes === undefined ? [path] : []));

/** So many files are opened without a word. */
const QUICK = 100;

/**
 * Finds files.
 * @param tell told where it may take a while, and where a file that is held is damaged.
 * @throws MisuseError that names each that was not found, with its checksum, and what to do.
 */
export async function findInputs(
  wanted: readonly JobInput[],
  places: Places,
  tell: (text: string) => void,
): Promise<FoundFiles> {
  const { held, paths, find } = places;
  if (find !== undefined && !(await isFolder(find))) {
    throw new MisuseError(`Expected a folder for --find but received "${find}".`);
  }
  const files = await filesIn(places);
  const checksum = checksums();
  const found = new Map<string, FoundFile>();
  const missing: string[] = [];
  // One file may go in as more than one thing.
  const each = new Map(wanted.map((input) => [input.checksum, input]));
  for (const { name, checksum: wished } of each.values()) {
    const before = paths?.get(wished);
    const bytes = held !== undefined && Object.hasOwn(held.files, wished) ? held.files[wished] : undefined;
    if (bytes !== undefined && checksumOfBytes(bytes) === wished) {
      found.set(wished, { path: before ?? name, bytes });
      continue;
    }
    const damaged = bytes === undefined ? undefined : held?.by;
    const named = [
      ...(before === undefined ? [] : [before]),
      ...files.filter((path) => basename(path) === name),
    ];
    const others = files.filter((path) => isNamedAsPicture(path) || extname(path) === extname(name));
    const fits = async (path: string): Promise<boolean> => (await checksum(path)) === wished;
    let path = await firstOf(named, fits);
    if (path === undefined) {
      if (others.length > QUICK) tell(`Looking for "${name}" under another name in ${others.length} files.`);
      path = await firstOf(others, fits);
    }
    if (path === undefined) {
      const others = await othersNamed(named, checksum);
      const reasons = [...others, ...(damaged === undefined ? [] : [`its copy in "${damaged}" is damaged`])];
      missing.push([`"${name}" (SHA-256 ${wished})`, reasons.join(" and ")].filter(Boolean).join(", for "));
      continue;
    }
    if (damaged !== undefined) tell(`The copy of "${name}" in "${damaged}" is damaged; "${path}" is read.`);
    found.set(wished, { path });
  }
  if (missing.length === 0) return found;
  throw new MisuseError(
    `Not found: ${missing.join("; ")}: put ${missing.length === 1 ? "it" : "them"} back, or name a folder to look into with --find.`,
  );
}

/** What is in the place of a file: the first of that name that can be read, if any. */
async function othersNamed(
  named: readonly string[],
  checksum: (path: string) => Promise<string | undefined>,
): Promise<readonly string[]> {
  const changed = await firstOf(named, async (path) => (await checksum(path)) !== undefined);
  return changed === undefined ? [] : [`"${changed}" is another file (SHA-256 ${await checksum(changed)})`];
}

async function firstOf(
  paths: readonly string[],
  fits: (path: string) => Promise<boolean>,
): Promise<string | undefined> {
  for (const path of paths) if (await fits(path)) return path;
  return undefined;
}

/** The files in the folder to find them in first, then in the others. */
async function filesIn({ folders, find }: Places): Promise<readonly string[]> {
  const below =
    find === undefined ? [] : await glob("**", { cwd: find, absolute: true, followSymbolicLinks: false });
  const beside: string[] = [];
  for (const folder of folders) {
    const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
    beside.push(...entries.filter((entry) => !entry.isDirectory()).map(({ name }) => join(folder, name)));
  }
  return [...below.sort(), ...beside];
}

/** Computes checksums once; undefined for what cannot be read. */
function checksums(): (path: string) => Promise<string | undefined> {
  const known = new Map<string, Promise<string | undefined>>();
  return (path) => {
    const checksum = known.get(path) ?? checksumOfFile(path).catch(() => undefined);
    known.set(path, checksum);
    return checksum;
  };
}

/**
 * Reads the files that were found for a job.
 * @param options the job's.
 * @param see told of each.
 */
export function readFound(found: FoundFiles, options: Options, see: SeeFile): JobIo {
  const { profile } = settingsFrom(options);
  const memory = options.memory ?? defaultMemory();
  const read: Picture[] = [];
  return {
    handsOver: true,
    async read({ name, checksum }, neededSize) {
      const { path, bytes: held } = required(found.get(checksum), name);
      const left = memoryToRead(memory, read);
      const bytes = held ?? (await readBytes(path, left));
      const input = await decodeInput(bytes, path, { neededSize, memory: left, profile });
      if (input.facts.checksum !== checksum) {
        throw new ImpastoError(
          `"${path}" was changed while it was being read: leave it alone, and try again.`,
        );
      }
      see(path, bytes, input);
      read.push(input.picture);
      return input.picture;
    },
  };
}
