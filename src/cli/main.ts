#!/usr/bin/env node
/**
 * The command as a process: what it does about signals and about readers that go away. The rest is in `run.ts`.
 * @module
 */
import { EXIT_CODES } from "./interrupt.ts";
import { runWords } from "./run.ts";

// Nobody needs to hear how the work is going: a terminal that was closed is no reason to give it up.
process.stderr.on("error", () => {});
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  // Nor is a reader that has read enough, such as `head`.
  if (error.code !== "EPIPE" && error.code !== "EIO") process.exitCode = 1;
});

await runWords(process.argv.slice(2));

// As it exits, Node sets the terminal right, and aborts where that is gone; so the signal that said so ends the process
// itself. By now all output has gone its way.
process.once("beforeExit", () => {
  if (process.exitCode === EXIT_CODES.SIGHUP && process.platform !== "win32") {
    process.kill(process.pid, "SIGHUP");
  }
});
