/**
 * What is done with a batch's files before its jobs are put on a queue: in a shared folder they lie where they are, and
 * have only to lie in it; into a bucket they are brought, each once.
 * @module
 */
import { realpath } from "node:fs/promises";
import { basename, dirname, extname, isAbsolute, join, relative, resolve, sep } from "node:path";
import { ImpastoError, MisuseError } from "../errors.ts";
import { checksumOfBytes, readBytes } from "../image/file.node.ts";
import { checkDepth, formatOfPath } from "../image/format.ts";
import { broughtName, outputName, storageName } from "../queue/names.ts";
import type { Storage } from "../queue/storage.ts";
import { type CheckedPiece, checkPieces } from "./batch/check.ts";
import type { Piece } from "./batch/pieces.ts";
import type { FoundFiles } from "./find-inputs.ts";

/** Where files are handed in. */
export interface Desk {
  /** Checks the pictures of a batch, as {@link checkPieces} does. @throws MisuseError */
  check(pieces: readonly Piece[], network: string): Promise<readonly CheckedPiece[]>;
  /** What an output is called in the storage. @throws MisuseError where it would not be in it. */
  nameOf(output: string): Promise<string>;
  /** Whether the finished result of a job is there. @throws MisuseError where something else is. */
  isFinished(output: string, id: string): Promise<boolean>;
  /** Sees to it that files are in the storage. @returns where, by their checksums. */
  bring(found: FoundFiles): Promise<Readonly<Record<string, string>>>;
}

/** For a folder that all machines share. */
export function folderDesk(folder: string, storage: Storage): Desk {
  const nameIn = async (path: string): Promise<string> => {
    const direct = relative(resolve(folder), resolve(path));
    const inside = isInside(direct) ? direct : relative(await realpath(folder), await realPlace(path));
    if (isInside(inside)) return inside.split(sep).join("/");
    throw new MisuseError(
      `"${path}" is not in the folder ${storage.place}, which other machines look into: name one with --storage that inputs and results are in.`,
    );
  };
  return {
    async check(pieces, network) {
      for (const { output } of pieces) checkName(await nameIn(output), outputName);
      return checkPieces(pieces, network);
    },
    nameOf: nameIn,
    // The recipes of results were looked at already.
    isFinished: async () => false,
    async bring(found) {
      const names: Record<string, string> = {};
      for (const [checksum, { path }] of found) {
        names[checksum] = checkName(await nameIn(path), storageName);
      }
      return names;
    },
  };
}

const isInside = (path: string): boolean =>
  path !== "" && path !== ".." && !path.startsWith(`..${sep}`) && !isAbsolute(path);

/** The path behind all links, of a file that may not be there yet. */
const realPlace = async (path: string): Promise<string> =>
  realpath(path).catch(async () => join(await realpath(dirname(path)), basename(path)));

/** For a bucket. */
export function bucketDesk(storage: Storage): Desk {
  const brought = new Map<string, Promise<string>>();

  async function bringOne(checksum: string, path: string): Promise<string> {
    const name = broughtName(checksum, extname(path).toLowerCase());
    if ((await storage.lookAt(name)) !== undefined) return name;
    const bytes = await readBytes(path);
    if (checksumOfBytes(bytes) !== checksum) {
      throw new ImpastoError(`"${path}" was changed while it was being read: leave it alone, and try again.`);
    }
    await storage.write(name, [bytes]);
    return name;
  }

  return {
    async check(pieces) {
      const outputs = new Set<string>();
      for (const { output, options } of pieces) {
        checkName(output, outputName);
        checkDepth(formatOfPath(output), options.depth ?? 8, `"${output}"`);
        if (outputs.has(output)) {
          throw new MisuseError(
            `"${output}" would be the result of two pictures: give a template with {content} and {style}, or pictures of other names.`,
          );
        }
        outputs.add(output);
      }
      return pieces.map((piece) => ({ ...piece, earlier: undefined }));
    },
    nameOf: async (output) => output,
    async isFinished(output, id) {
      const occupant = await storage.lookAt(output);
      if (occupant?.isResult === false) {
        throw new MisuseError(
          `"${output}" is in ${storage.place} already and is no result of impasto's: move it away, or give another template.`,
        );
      }
      return occupant?.id === id;
    },
    async bring(found) {
      const names: Record<string, string> = {};
      for (const [checksum, { path }] of found) {
        const bringing = brought.get(checksum) ?? bringOne(checksum, path);
        brought.set(checksum, bringing);
        names[checksum] = await bringing;
      }
      return names;
    },
  };
}

function checkName(name: string, schema: typeof storageName): string {
  const parsed = schema.safeParse(name);
  if (parsed.success) return parsed.data;
  throw new MisuseError(
    `"${name}" cannot be the name of a file in a storage: ${parsed.error.issues[0]?.message}.`,
  );
}
