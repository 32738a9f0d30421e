/**
 * Runs one pair with one configuration, or finds that this was done before: what decides the result (options, pictures,
 * weights, the program) makes the name that it is stored under.
 * @module
 */
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, statSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import * as z from "zod";
import { checksumOfFile } from "../../src/image/file.node.ts";
import { writeAtomically } from "../../src/image/write.node.ts";
import type { Configuration, Pair } from "./plan.ts";
import type { Software } from "./software.ts";

const measuredSchema = z.object({
  width: z.number(),
  height: z.number(),
  /** Of the whole process, start-up included. */
  seconds: z.number(),
  /** The processor's, of all threads: what other programs on the machine do not lengthen as much. */
  cpuSeconds: z.number(),
  /** Bytes. */
  peakMemory: z.number(),
  evaluations: z.number(),
  secondsPerEvaluation: z.number(),
  loss: z.number().nullable(),
  trace: z.array(
    z.object({
      seconds: z.number(),
      /** What the program said was left; absent while a run warms up, and in runs of versions that were not asked. */
      secondsLeft: z.number().optional(),
      loss: z.number().nullable(),
      width: z.number(),
      height: z.number(),
    }),
  ),
  /** When each picture on the way was taken. */
  snapshots: z.array(z.number()),
});

/** The schema of {@link Case}. */
export const caseSchema = measuredSchema.extend({
  pair: z.string(),
  configuration: z.string(),
  options: z.record(z.string(), z.unknown()),
  software: z.string(),
  /** Seconds of one PyTorch evaluation at this size, when the case ran; absent where it was not asked for. */
  reference: z.number().optional(),
});

/** What one run took and where it went. */
export type Case = z.output<typeof caseSchema>;

/** Where a case's files are. */
export interface StoredCase extends Case {
  /** The path of the result without its extension. */
  readonly output: string;
}

/** What cases are run with. */
export interface Bench {
  readonly software: Software;
  /** SHA-256 of the weights that `auto` finds; empty when there are none. */
  readonly weights: string;
  /** Where cases are stored. */
  readonly folder: string;
  /** Whether a case that another version of the program ran will do. */
  readonly anySoftware: boolean;
  /** Seconds of one PyTorch evaluation, measured when needed. */
  reference(width: number, height: number): number | undefined;
}

const SCRIPT = fileURLToPath(new URL("case.js", import.meta.url));
/** A trace of some ten thousand evaluations fits. */
const MAX_OUTPUT = 2 ** 26;

/**
 * Runs a case, unless it is stored.
 * @param size of the content as it will be, to know what to compare the time with.
 * @throws Error when the program fails, with its own words.
 */
export async function runCase(
  pair: Pair,
  { name, options: chosen }: Configuration,
  size: { readonly width: number; readonly height: number },
  bench: Bench,
): Promise<StoredCase> {
  const options = { ...chosen, size: pair.size };
  const request = await requestName(pair, options, bench.weights);
  const names = { pair: pair.name, configuration: name };
  const stored = await findCase(request, bench);
  if (stored?.reference !== undefined) return { ...stored, ...names };
  const reference = bench.reference(size.width, size.height);
  // One that was timed without a reference, in another hour, cannot be given one now.
  if (stored && reference === undefined) return { ...stored, ...names };
  const output = join(bench.folder, `${request}-${bench.software.version}`);

  console.error(`${pair.name}: ${name}`);
  const argument = JSON.stringify({
    library: bench.software.library,
    content: pair.content,
    style: pair.style,
    options,
    output,
  });
  const stdout = await runProgram(argument);
  const found: Case = {
    ...names,
    options,
    software: bench.software.version,
    ...(reference === undefined ? {} : { reference }),
    ...measuredSchema.parse(JSON.parse(stdout)),
  };
  // Last of a case's files: with it, the case is done.
  await writeAtomically(`${output}.json`, Buffer.from(JSON.stringify(found)));
  return { ...found, output };
}

/** Runs `case.js`. @throws Error with the one line that says what went wrong there. */
async function runProgram(argument: string): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [SCRIPT, argument], {
    maxBuffer: MAX_OUTPUT,
  }).catch((cause: unknown) => {
    const said = cause instanceof Error && "stderr" in cause ? String(cause.stderr) : String(cause);
    throw new Error(said.split("\n").find((line) => /^\w*Error\b/.test(line)) ?? said, { cause });
  });
  return stdout;
}

/** A name for what is asked of the program, whatever its version. */
async function requestName(pair: Pair, options: Configuration["options"], weights: string): Promise<string> {
  const files = [pair.content, pair.style, options.network, options.init];
  const checksums = await Promise.all(
    files.map(async (file) => (typeof file === "string" && existsSync(file) ? checksumOfFile(file) : "")),
  );
  const sorted = Object.entries(options).sort(([a], [b]) => (a < b ? -1 : 1));
  const facts = JSON.stringify([sorted, checksums, weights]);
  return `${pair.name}-${createHash("sha256").update(facts).digest("hex").slice(0, 12)}`;
}

/** The case if it was run by this version of the program, or else the latest, if any version will do. */
async function findCase(request: string, bench: Bench): Promise<StoredCase | undefined> {
  const own = join(bench.folder, `${request}-${bench.software.version}`);
  if (existsSync(`${own}.json`)) return readCase(own);
  if (!bench.anySoftware) return undefined;
  const others = (await readdir(bench.folder)).filter(
    (file) => file.startsWith(`${request}-`) && file.endsWith(".json"),
  );
  const [latest] = others
    .map((file) => join(bench.folder, file))
    .sort((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs);
  return latest === undefined ? undefined : readCase(latest.slice(0, -".json".length));
}

async function readCase(output: string): Promise<StoredCase> {
  return { ...caseSchema.parse(JSON.parse(await readFile(`${output}.json`, "utf8"))), output };
}
