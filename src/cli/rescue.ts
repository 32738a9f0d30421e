/**
 * Finished work is never lost: what cannot be written where it was to go is put where it can be found.
 * @module
 */
import { homedir, tmpdir } from "node:os";
import { ImpastoError } from "../errors.ts";
import { writeNew } from "../image/write.node.ts";

/** A result that is to be written. */
export interface Result {
  /** Writes it where it is to go, and returns the path it has. */
  readonly write: () => Promise<string>;
  /** Makes the bytes that are put elsewhere if that fails, under the name of `stem` and `extension`. */
  readonly rescue: () => Promise<Uint8Array>;
  readonly stem: string;
  readonly extension: string;
}

/**
 * Writes a result; one that is refused, after all the work, goes into the folder for temporary files, or where that is
 * full too into the home folder, or the current one.
 * @throws ImpastoError that says where it is, or why it is nowhere.
 */
export async function orRescue({ write, rescue, stem, extension }: Result): Promise<string> {
  try {
    return await write();
  } catch (error) {
    const rescued = await writeSomewhere(stem, extension, rescue).catch(() => undefined);
    if (rescued === undefined) throw failedBut(error, "The result is lost.");
    throw failedBut(error, `The result is in "${rescued}"; move it from there.`);
  }
}

/** What failed, and in another sentence what is left of the work. */
export function failedBut(error: unknown, left: string): ImpastoError {
  const message = error instanceof Error ? error.message : String(error);
  return new ImpastoError(`${message.replace(/\.$/, "")}. ${left}`, { cause: error });
}

async function writeSomewhere(
  stem: string,
  extension: string,
  make: () => Promise<Uint8Array>,
): Promise<string | undefined> {
  const bytes = await make();
  for (const folder of [tmpdir(), homedir(), "."]) {
    const written = await writeNew(folder, stem, extension, bytes).catch(() => undefined);
    if (written !== undefined) return written;
  }
  return undefined;
}
