/**
 * Standard output as a place for a result, for programs that read it from a pipe.
 * @module
 */
import { ImpastoError, MisuseError } from "../errors.ts";

/** Whether an output is meant to go there. */
export const isStandardOutput = (output: string | undefined): boolean => output === "-";

/**
 * Makes sure that a result that is to go to standard output may go there.
 * @param json whether a report goes there, too. It would come behind the picture, where no program could tell them apart.
 * @throws MisuseError where it may not: with a report, or to a terminal.
 */
export function checkStandardOutput(output: string | undefined, json: boolean): void {
  if (!isStandardOutput(output)) return;
  if (json) {
    throw new MisuseError("--json and --output - are both for standard output: name a file for one of them.");
  }
  if (process.stdout.isTTY) {
    throw new MisuseError("--output - would write to your terminal: send it on with | or >, or name a file.");
  }
}

/**
 * Writes a result to standard output.
 * @throws ImpastoError when not all of it is taken.
 */
export function writeToStandardOutput(bytes: Uint8Array): Promise<string> {
  return new Promise((resolve, reject) => {
    process.stdout.write(bytes, (cause) => {
      if (!cause) return resolve("standard output");
      const code = "code" in cause ? ` (${cause.code})` : "";
      reject(new ImpastoError(`Standard output did not take the whole result${code}`, { cause }));
    });
  });
}
