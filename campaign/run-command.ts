/**
 * The built command as a process in a place: to its end, or to whatever end it is brought to.
 * @module
 */
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { wait } from "../fuzz/patience.ts";
import { COMMAND } from "../test/cli-process.ts";
import type { Place } from "./place.ts";

/** How a process ended. */
export interface Ended {
  /** The exit code, or the name of the signal that ended it. */
  readonly code: number | NodeJS.Signals | null;
  readonly stderr: string;
}

/** A process that runs. */
export interface Started {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
}

/** So long does no command take, be it struck or not. */
const LONGEST_SECONDS = 900;

/** Starts the command. @param within what it is started by, such as a shell with limits. */
export function startCommand(
  words: readonly string[],
  { folder, temporary }: Place,
  within: readonly string[] = [],
): Started {
  const [program = process.execPath, ...rest] = [...within, process.execPath, COMMAND, ...words];
  const child = spawn(program, rest, {
    cwd: folder,
    stdio: ["ignore", "ignore", "pipe"],
    env: {
      ...process.env,
      ...{ IMPASTO_WEIGHTS: undefined, IMPASTO_CACHE: temporary, TMPDIR: temporary, HOME: temporary },
    },
  });
  let stderr = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  const stopWaiting = wait((seconds) => {
    if (seconds < LONGEST_SECONDS) return;
    stderr += `\nIt took more than ${LONGEST_SECONDS} seconds.`;
    child.kill("SIGKILL");
  });
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => {
      stopWaiting();
      resolve({ code: signal ?? code, stderr });
    });
  });
  return { child, ended };
}

/** Runs the command where nothing happens. */
export const runToEnd = (words: readonly string[], place: Place): Promise<Ended> =>
  startCommand(words, place).ended;

/** Tells the command to stop once a file is there. */
export async function stopOnceItWrites(words: readonly string[], place: Place, name: string): Promise<void> {
  const { child, ended } = startCommand(words, place);
  let isOver = false;
  void ended.then(() => {
    isOver = true;
  });
  while (!isOver && !existsSync(join(place.folder, name))) await sleep(10);
  child.kill("SIGTERM");
  await ended;
}
