/**
 * The command but for its process: runs the program and turns whatever comes of it into an exit code and, at most, one
 * sentence. The exit code is set and not forced, so that output still on its way arrives.
 * @module
 */
import { describeFailure } from "./failure.ts";
import { FIRST_STEPS } from "./first-steps.ts";
import { createProgram } from "./program.ts";

/** Runs the command with the words behind its name; how it went is in `process.exitCode`. */
export async function runWords(words: readonly string[]): Promise<void> {
  try {
    // Who types nothing else asks what there is to type.
    if (words.length === 0) process.stdout.write(FIRST_STEPS);
    else await createProgram().parseAsync(words, { from: "user" });
  } catch (error) {
    const { message, exitCode } = describeFailure(error, words.includes("--debug"));
    if (message !== "") process.stderr.write(`${message}\n`);
    process.exitCode = exitCode;
  }
}
