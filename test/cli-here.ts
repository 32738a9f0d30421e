/**
 * Runs the built command in this process, one run after another: what it says, writes and exits with is what it would as a
 * process, and only the start of one is spared. Signals, pipes, terminals and standard input are for `cli-process.ts`.
 * @module
 */
import { vi } from "vitest";
import type * as Command from "../src/cli/run.ts";
import { turns } from "../src/job/runner.ts";
import type { Ended, Place } from "./cli-process.ts";

/** The built command, for sources are not run in threads. */
const BUILT = new URL("../dist/cli/run.js", import.meta.url).href;

const inTurn = turns();

/** Runs the command to its end. */
export const runHere = (args: readonly string[], place: Place): Promise<Ended> =>
  inTurn(() => runNow(args, place));

async function runNow(args: readonly string[], { cwd, env = {} }: Place): Promise<Ended> {
  const { runWords }: typeof Command = await import(BUILT);
  const before = { cwd: process.cwd(), code: process.exitCode };
  const [stdout, stderr] = [heard(process.stdout), heard(process.stderr)];
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
  process.chdir(cwd);
  process.exitCode = 0;
  try {
    await runWords(args);
    return { code: Number(process.exitCode), stdout: stdout.text(), stderr: stderr.text() };
  } finally {
    process.exitCode = before.code;
    process.chdir(before.cwd);
    vi.unstubAllEnvs();
    stdout.release();
    stderr.release();
  }
}

/** Keeps what is written to a stream, in its place. */
function heard(stream: NodeJS.WriteStream) {
  let text = "";
  const spy = vi.spyOn(stream, "write").mockImplementation((part) => {
    text += part;
    return true;
  });
  return { text: () => text, release: () => spy.mockRestore() };
}
