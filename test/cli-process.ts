/**
 * Runs the built command as a process of its own, in a folder of its own, as a user's shell would.
 * @module
 */
import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

/** The built command. */
export const COMMAND = fileURLToPath(new URL("../dist/cli/main.js", import.meta.url));

/** How a process ended, and what it said. */
export interface Ended {
  /** `null` when a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A process that runs. */
export interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** Waits until standard error has said something. */
  said(text: string): Promise<void>;
}

/** Where and with which environment beside that of the tests; `undefined` takes a variable away. */
export interface Place {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** Starts the command. */
export function start(args: readonly string[], { cwd, env = {} }: Place): Running {
  const child = spawn(process.execPath, [COMMAND, ...args], { cwd, env: { ...process.env, ...env } });
  let [stdout, stderr] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, stdout, stderr }));
  });
  const said = (text: string): Promise<void> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        if (stderr.includes(text)) resolve();
      };
      look();
      child.stderr.on("data", look);
      child.on("close", () => reject(new Error(`The command ended without saying "${text}": ${stderr}`)));
    });
  return { child, ended, said };
}

/** Runs the command to its end. */
export const run = (args: readonly string[], place: Place): Promise<Ended> => start(args, place).ended;
