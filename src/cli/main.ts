#!/usr/bin/env node
/**
 * The command: runs the program and turns whatever comes of it into an exit code and, at most, one sentence.
 * The exit code is set and not forced, so that output still on its way arrives.
 * @module
 */
import { describeFailure } from "./failure.ts";
import { FIRST_STEPS } from "./first-steps.ts";
import { EXIT_CODES } from "./interrupt.ts";
import { createProgram } from "./program.ts";

// Nobody needs to hear how the work is going: a terminal that was closed is no reason to give it up.
process.stderr.on("error", () => {});
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  // Nor is a reader that has read enough, such as `head`.
  if (error.code !== "EPIPE" && error.code !== "EIO") process.exitCode = 1;
});

try {
  // Who types nothing else asks what there is to type.
  if (process.argv.length <= 2) process.stdout.write(FIRST_STEPS);
  else await createProgram().parseAsync();
} catch (error) {
  const { message, exitCode } = describeFailure(error, process.argv.includes("--debug"));
  if (message !== "") process.stderr.write(`${message}\n`);
  process.exitCode = exitCode;
}

// As it exits, Node sets the terminal right, and aborts where that is gone; so the signal that said so ends the process
// itself. By now all output has gone its way.
process.once("beforeExit", () => {
  if (process.exitCode === EXIT_CODES.SIGHUP && process.platform !== "win32") {
    process.kill(process.pid, "SIGHUP");
  }
});
