/**
 * How much memory this process may take: what the machine has to give at the moment, and no more than the limits of the
 * control groups it is in, as containers set them. What is asked of Linux is in the files of /proc and of cgroups v1 and v2.
 * @module
 */
import { readFileSync } from "node:fs";
import { freemem, totalmem } from "node:os";

/** A limit on the memory of a group of processes, in bytes. */
export interface GroupLimit {
  readonly limit: number;
  /** What the group has now. */
  readonly used: number;
  /** The part of it that the system takes back before it refuses any: contents of files that were read. */
  readonly reclaimable: number;
}

/** What there is to know, in bytes. */
export interface MemoryFacts {
  /** What the machine can give without taking it from other programs. */
  readonly available: number;
  readonly groups: readonly GroupLimit[];
  /** What this process has already. */
  readonly own: number;
}

/** The text of a file; undefined where there is none. */
type ReadText = (path: string) => string | undefined;

/** All that this process can come to have, with what it has. */
export function memoryToUse({ available, groups, own }: MemoryFacts): number {
  const left = groups.map(({ limit, used, reclaimable }) => limit - used + reclaimable);
  return own + Math.max(0, Math.min(available, ...left));
}

/** Asks the machine as it is now. */
export const readMemoryFacts = (): MemoryFacts => ({
  available: machineAvailable(readText),
  groups: groupLimits(readText),
  own: process.memoryUsage.rss(),
});

/**
 * What the machine can give.
 * @param read reads /proc/meminfo, where there is one.
 */
export function machineAvailable(read: ReadText): number {
  const [, kibibytes] = /^MemAvailable:\s*(\d+) kB$/m.exec(read("/proc/meminfo") ?? "") ?? [];
  if (kibibytes !== undefined) return 1024 * Number(kibibytes);
  // macOS fills what is free with files' contents, and tells only of what is not filled yet.
  return process.platform === "darwin" ? Math.max(freemem(), totalmem() / 2) : freemem();
}

/** A version of cgroups: where its groups are, and in which files they say what. */
interface Version {
  readonly controllers: RegExp;
  readonly root: string;
  readonly limit: string;
  readonly used: string;
  readonly reclaimable: RegExp;
}

const VERSIONS: readonly Version[] = [
  {
    controllers: /^$/,
    root: "/sys/fs/cgroup",
    limit: "memory.max",
    used: "memory.current",
    reclaimable: /^inactive_file (\d+)$/m,
  },
  {
    controllers: /(^|,)memory(,|$)/,
    root: "/sys/fs/cgroup/memory",
    limit: "memory.limit_in_bytes",
    used: "memory.usage_in_bytes",
    reclaimable: /^total_inactive_file (\d+)$/m,
  },
];

/**
 * The limits of the groups that this process is in, each within the next; those without a limit are left out.
 * @param read reads the files of /proc and /sys/fs/cgroup.
 */
export function groupLimits(read: ReadText): readonly GroupLimit[] {
  const lines = (read("/proc/self/cgroup") ?? "").split("\n");
  return lines.flatMap((line) => {
    const [, controllers, path] = /^\d+:([^:]*):(\/.*)$/.exec(line) ?? [];
    if (controllers === undefined || path === undefined) return [];
    return VERSIONS.filter((version) => version.controllers.test(controllers)).flatMap((version) =>
      // A container may see its own group as the outermost, whatever the path says.
      foldersOf(path).flatMap((folder) => limitAt(`${version.root}${folder}`, version, read)),
    );
  });
}

/** `/a/b` as the empty path, `/a` and `/a/b`. */
function foldersOf(path: string): readonly string[] {
  const folders = [""];
  for (const name of path.split("/")) if (name !== "") folders.push(`${folders.at(-1)}/${name}`);
  return folders;
}

function limitAt(folder: string, version: Version, read: ReadText): readonly GroupLimit[] {
  const numberIn = (file: string): number => Number.parseInt(read(`${folder}/${file}`) ?? "", 10);
  const [limit, used] = [numberIn(version.limit), numberIn(version.used)];
  // "max", as no file at all, is no number.
  if (Number.isNaN(limit) || Number.isNaN(used)) return [];
  const [, reclaimable = "0"] = version.reclaimable.exec(read(`${folder}/memory.stat`) ?? "") ?? [];
  return [{ limit, used, reclaimable: Number(reclaimable) }];
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
