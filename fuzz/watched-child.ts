/**
 * A child with a watchdog: inputs go in, and what comes out is what the product made of them, or how the child came to its
 * end: by itself, by the time it may take, or by the memory.
 * @module
 */
import { type ChildProcess, fork } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import * as z from "zod";
import { wait } from "./patience.ts";

/** What became of an input. */
export type Outcome =
  | { readonly verdict: "taken" | "refused"; readonly bytesOfMemory: number }
  | { readonly verdict: FindKind; readonly what: string };

/** What is found. */
export type FindKind = "wrong" | "crash" | "hang" | "memory";

/** What a child may take. */
export interface Bounds {
  /** Of a processor, for one input; on the clock it may take ten times as long, for machines have other work too. */
  readonly seconds: number;
  /** Bytes that it holds at any time. */
  readonly memory: number;
}

/** A child that is ready for inputs, one at a time. */
export interface WatchedChild {
  give(kind: string, bytes: Uint8Array): Promise<Outcome>;
  /** Whether it came to its end. */
  ended(): boolean;
  end(): Promise<void>;
}

const answerSchema = z.object({
  verdict: z.enum(["taken", "refused", "find", "ready"]),
  what: z.string().default(""),
  bytesOfMemory: z.number(),
});

const CHILD = fileURLToPath(new URL("child.ts", import.meta.url));

/** How long a second of a processor may take on the clock. */
const SECONDS_OF_A_SECOND = 10;

/** Longer than a child takes to start. */
const START_SECONDS = 30;

/** Starts one. @param module the file whose `KINDS` there are. */
export async function startChild(module: string, { seconds, memory }: Bounds): Promise<WatchedChild> {
  const folder = mkdtempSync(join(tmpdir(), "impasto-fuzz-"));
  const child = fork(CHILD, [module, folder], {
    execArgv: ["--import", "tsx"],
    serialization: "advanced",
    stdio: ["ignore", "ignore", "pipe", "ipc"],
    env: { ...process.env, IMPASTO_CACHE: folder, IMPASTO_WEIGHTS: undefined, TMPDIR: folder },
  });
  let said = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    said = `${said}${text}`.slice(-2000);
  });
  const gone = new Promise<string>((resolve) => {
    child.on("close", (code, signal) => {
      rmSync(folder, { recursive: true, force: true });
      resolve(`The process ended with ${signal ?? code}: ${said}`);
    });
  });
  let hasEnded = false;
  void gone.then(() => {
    hasEnded = true;
  });

  const send = (message: object | undefined, most: number): Promise<Outcome> => {
    const { promise, resolve } = answerOf(child);
    let outcome: Outcome | undefined;
    const stop = (verdict: FindKind, what: string): void => {
      outcome ??= { verdict, what };
      child.kill("SIGKILL");
    };
    const before = secondsOf(child.pid);
    const stopWaiting = wait((waited) => {
      if (secondsOf(child.pid) - before > most || waited > most * SECONDS_OF_A_SECOND) {
        stop("hang", `It took more than ${most} seconds.`);
      }
      const bytes = memoryOf(child.pid);
      if (bytes > memory) stop("memory", `It held ${Math.round(bytes / 2 ** 20)} MiB.`);
    });
    // The child may be gone before the answer is asked for, and then nothing is sent at all.
    if (message !== undefined && child.connected) child.send(message, () => {});
    return Promise.race([promise, gone.then((what): Outcome => outcome ?? { verdict: "crash", what })])
      .then((one) => {
        if (!("bytesOfMemory" in one) || one.bytesOfMemory <= memory) return one;
        return { verdict: "memory", what: `It holds ${one.bytesOfMemory} bytes.` } as const;
      })
      .finally(() => {
        stopWaiting();
        resolve();
      });
  };

  const first = await send(undefined, START_SECONDS);
  if (!("bytesOfMemory" in first)) throw new Error(`No child could be started: ${first.what}`);
  return {
    give: (kind, bytes) => send({ kind, bytes }, seconds),
    ended: () => hasEnded,
    async end() {
      child.kill("SIGKILL");
      await gone;
    },
  };
}

/** The child's next answer. */
function answerOf(child: ChildProcess) {
  let stop = (): void => {};
  const promise = new Promise<Outcome>((resolve) => {
    const listener = (message: unknown): void => {
      const { verdict, what, bytesOfMemory } = answerSchema.parse(message);
      if (verdict === "find") resolve({ verdict: "wrong", what });
      else resolve({ verdict: verdict === "ready" ? "taken" : verdict, bytesOfMemory });
    };
    child.once("message", listener);
    stop = () => child.off("message", listener);
  });
  return { promise, resolve: () => stop() };
}

const TICKS_A_SECOND = 100;

/** The seconds of a processor that a process has had, where the system says so; else 0, and the clock alone decides. */
function secondsOf(pid: number | undefined): number {
  try {
    // Behind the name, which may have anything in it: fields 3 and on (proc_pid_stat(5)).
    const fields = readFileSync(`/proc/${pid}/stat`, "latin1").split(") ").at(-1)?.split(" ") ?? [];
    return (Number(fields[11]) + Number(fields[12])) / TICKS_A_SECOND;
  } catch {
    return 0;
  }
}

const PAGE = 4096;

/** The bytes that a process holds, where the system says so; else 0, and the child's own word is taken after each input. */
function memoryOf(pid: number | undefined): number {
  try {
    const [, resident] = readFileSync(`/proc/${pid}/statm`, "latin1").split(" ");
    return PAGE * Number(resident);
  } catch {
    return 0;
  }
}
