#!/usr/bin/env node
/**
 * The command: runs the program and turns whatever comes of it into an exit code and, at most, one sentence.
 * The exit code is set and not forced, so that output still on its way arrives.
 * @module
 */
import { describeFailure } from "./failure.ts";
import { createProgram } from "./program.ts";

for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    // A reader that has read enough, such as `head`, is no reason to give up the work.
    if (error.code !== "EPIPE") process.exitCode = 1;
  });
}

try {
  await createProgram().parseAsync();
} catch (error) {
  const { message, exitCode } = describeFailure(error, process.argv.includes("--debug"));
  if (message !== "") process.stderr.write(`${message}\n`);
  process.exitCode = exitCode;
}
