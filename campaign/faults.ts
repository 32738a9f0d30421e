/**
 * What strikes: a process killed, halted, told to stop; a disk that is full or takes nothing more; too little memory. Each
 * says where it cannot be tried, and what may come of it.
 * @module
 */
import { existsSync, mkdirSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Random } from "../training/random.ts";
import { canMount, type Place } from "./place.ts";
import type { Started } from "./run-command.ts";

/** What strikes. */
export interface Fault {
  readonly name: string;
  /** Why it cannot be tried here, if it cannot. */
  lacks(): string | undefined;
  /** What the command is started by. */
  within?(random: Random): readonly string[];
  /** Strikes, once the moment has come. */
  strike(started: Started, place: Place, random: Random): Promise<void>;
  /** Whether the command may end so. */
  mayEnd(code: number | NodeJS.Signals | null): boolean;
}

const nothing = async (): Promise<void> => {};
const here = (): undefined => undefined;
const withoutDisk = (): string | undefined => (canMount() ? undefined : "no disk can be mounted here");

const CGROUPS = "/sys/fs/cgroup/memory";
const MIB = 2 ** 20;

const kill: Fault = {
  name: "SIGKILL",
  lacks: here,
  strike: async ({ child }) => void child.kill("SIGKILL"),
  mayEnd: (code) => code === "SIGKILL" || code === 0,
};

const halt: Fault = {
  name: "SIGSTOP and SIGCONT",
  lacks: here,
  async strike({ child }, _, random) {
    for (let times = random.below(3); times >= 0; times--) {
      child.kill("SIGSTOP");
      await sleep(random.below(700));
      child.kill("SIGCONT");
      await sleep(random.below(100));
    }
  },
  mayEnd: (code) => code === 0,
};

const tell: Fault = {
  name: "SIGTERM",
  lacks: here,
  strike: async ({ child }) => void child.kill("SIGTERM"),
  mayEnd: (code) => code === 143 || code === "SIGTERM" || code === 0,
};

const fullDisk: Fault = {
  name: "full disk",
  lacks: withoutDisk,
  strike: async (_, place, random) => place.fill(random.below(2) * random.below(400_000)),
  mayEnd: (code) => code === 0 || code === 1 || code === 2,
};

const readOnly: Fault = {
  name: "read-only disk",
  lacks: withoutDisk,
  async strike(_, place) {
    // Refused while something is being written.
    for (let times = 0; times < 200 && !place.setReadOnly(true); times++) await sleep(2);
  },
  mayEnd: (code) => code === 0 || code === 1 || code === 2,
};

/** Node itself ends by a signal where it cannot have its own memory. */
const anyEnd = (): boolean => true;

const addressSpace: Fault = {
  name: "ulimit -v",
  lacks: () => (process.platform === "linux" ? undefined : "address space is bounded on Linux alone"),
  within: (random) => ["bash", "-c", `ulimit -v ${1024 * (650 + random.below(2500))}; exec "$@"`, "bash"],
  strike: nothing,
  mayEnd: anyEnd,
};

/** Of control groups in their first version; the system kills what takes more. */
const memoryGroup: Fault = {
  name: "memory of a control group",
  lacks: () =>
    existsSync(join(CGROUPS, "memory.limit_in_bytes")) && process.getuid?.() === 0
      ? undefined
      : `there is no ${CGROUPS} to make groups in`,
  async strike({ child, ended }, _, random) {
    const group = join(CGROUPS, `impasto-${child.pid}`);
    mkdirSync(group);
    try {
      writeFileSync(join(group, "cgroup.procs"), String(child.pid));
      // From now on it has no more than so much beside what it has already.
      writeFileSync(join(group, "memory.limit_in_bytes"), String(MIB * (1 + random.below(60))));
    } catch {
      // It has ended.
    }
    await ended;
    rmdirSync(group);
  },
  mayEnd: anyEnd,
};

/** All of them, those that kill more often than others. */
export const FAULTS: readonly Fault[] = [
  kill,
  kill,
  kill,
  kill,
  halt,
  tell,
  fullDisk,
  readOnly,
  addressSpace,
  memoryGroup,
];
