/**
 * Finished work is never lost: what cannot be written where it was to go is put where it can be found.
 * @module
 */
import { homedir, tmpdir } from "node:os";
import { ImpastoError } from "../errors.ts";
import { writeNew } from "../image/write.node.ts";

/**
 * Writes a result; one that is refused, after all the work, goes into the folder for temporary files, or where that is
 * full too into the home folder, or the current one.
 * @param rescue makes the bytes that go there, under the name of `stem` and `extension`.
 * @throws ImpastoError that says where it is, or why it is nowhere.
 */
export async function orRescue(
  stem: string,
  extension: string,
  rescue: () => Promise<Uint8Array>,
  write: () => Promise<string>,
): Promise<string> {
  try {
    return await write();
  } catch (cause) {
    const refused = cause instanceof Error ? cause.message : String(cause);
    const rescued = await writeSomewhere(stem, extension, rescue).catch(() => undefined);
    if (rescued === undefined) throw new ImpastoError(`${refused}. The result is lost`, { cause });
    throw new ImpastoError(`${refused}. The result is in "${rescued}"; move it from there`, { cause });
  }
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
