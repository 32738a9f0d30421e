/**
 * Finished work is never lost: what cannot be written where it was to go is put where it can be found.
 * @module
 */
import { tmpdir } from "node:os";
import { ImpastoError } from "../errors.ts";
import { writeNew } from "../image/write.node.ts";

/**
 * Writes a result; one that is refused, after all the work, goes into the folder for temporary files.
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
    const rescued = await rescue()
      .then((bytes) => writeNew(tmpdir(), stem, extension, bytes))
      .catch(() => undefined);
    if (rescued === undefined) throw cause;
    throw new ImpastoError(`${refused}. The result is in "${rescued}"; move it from there`, { cause });
  }
}
