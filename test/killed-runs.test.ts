/**
 * Runs that are killed, again and again: a process that saves its state after every evaluation dies by SIGKILL at some
 * moment, another goes on from the last state that is whole, and the picture is the one of a run that nothing happened to.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Job, jobOf, type OptionsInput, openEngine, readInput, runJob } from "impasto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { encodePicture } from "../src/image/encode.node.ts";
import { required } from "../src/required.ts";
import { colours } from "./narrow-engine.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "impasto-killed-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const [PHOTO, PAINTING] = ["photo.png", "painting.png"].map((name) => join(folder, name));
beforeAll(async () => {
  writeFileSync(PHOTO, await encodePicture(colours(240, 160, 1), "png"));
  writeFileSync(PAINTING, await encodePicture(colours(96, 80, 2), "png"));
});

const ENGINE = { network: "built-in", device: "cpu", threads: 1 } as const;

/** A process that runs the job to its end, from where it was left, and writes the picture's values at last. */
const PROGRAM = `
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { jobOf, loadRun, openEngine, readInput, runJob, saveRun } from "impasto";
const [photo, painting, stateFile, pictureFile, engineOptions, options, plan] = process.argv.slice(1);
const engine = await openEngine(JSON.parse(engineOptions));
const inputs = [await readInput(photo), await readInput(painting)];
const [content, style] = inputs;
const named = { content: content.facts, styles: [{ ...style.facts, weight: 1 }] };
const job = { ...jobOf(named, JSON.parse(options), content.picture, engine), ...JSON.parse(plan) };
const from = existsSync(stateFile) ? loadRun(readFileSync(stateFile)).state : undefined;
const io = { read: async () => inputs.shift().picture };
const { picture } = await runJob(job, engine, io, { from }, async (iterate) => {
  writeFileSync(stateFile + ".new", saveRun({ job, state: await iterate.state() }));
  renameSync(stateFile + ".new", stateFile);
  process.stdout.write("saved\\n");
});
writeFileSync(pictureFile, Buffer.from(picture.rgb.buffer));
`;

/** One run: where its state and picture are, and what it is. */
interface Run {
  readonly name: string;
  readonly options: OptionsInput;
  readonly plan: Partial<Job>;
}

/** The picture's values where nothing happens to the run. */
async function undisturbed({ options, plan }: Run): Promise<Buffer> {
  const engine = await openEngine(ENGINE);
  const inputs = [await readInput(PHOTO), await readInput(PAINTING)];
  const [content, style] = inputs;
  const named = { content: content.facts, styles: [{ ...style.facts, weight: 1 }] };
  const job = { ...jobOf(named, options, content.picture, engine), ...plan };
  const io = { read: async () => required(inputs.shift(), "picture").picture };
  const { picture } = await runJob(job, engine, io, {});
  return Buffer.from(picture.rgb.buffer);
}

function begin({ name, options, plan }: Run): ChildProcess {
  const files = [join(folder, `${name}.state`), join(folder, `${name}.rgb`)];
  const words = [PHOTO, PAINTING, ...files, ...[ENGINE, options, plan].map((part) => JSON.stringify(part))];
  return spawn(process.execPath, ["--input-type=module", "--eval", PROGRAM, "--", ...words], {
    cwd: root,
    stdio: ["ignore", "pipe", "inherit"],
  });
}

const ended = (child: ChildProcess): Promise<NodeJS.Signals | number | null> =>
  new Promise((resolve) => child.on("close", (code, signal) => resolve(signal ?? code)));

/** Kills the process some milliseconds after it has saved so many states. */
async function killAfter(child: ChildProcess, states: number, milliseconds: number): Promise<void> {
  const end = ended(child);
  let saved = 0;
  child.stdout?.on("data", (text: Buffer) => {
    saved += text.toString().split("\n").length - 1;
    if (saved >= states) setTimeout(() => child.kill("SIGKILL"), milliseconds);
  });
  expect(await end).toBe("SIGKILL");
}

const picture = (name: string): Buffer => readFileSync(join(folder, `${name}.rgb`));

/** Some number from 0 up to a bound: kills should come at moments that nobody chose. */
const some = (bound: number): number => Math.floor(bound * Math.random());

const BLOCKS = { plan: [{ width: 240, height: 160, iterations: 6, mostPixels: 37_000 }] };

describe.each([
  ["L-BFGS over two sizes", { size: 96, iterations: 12 }, {}],
  ["L-BFGS as PyTorch has it", { size: 64, preset: "neural-style", iterations: 24 }, {}],
  ["Adam", { size: 64, preset: "notebook", iterations: 24 }, {}],
  ["L-BFGS in blocks", { size: 240, scales: 1, iterations: 6 }, BLOCKS],
  ["Adam in blocks", { size: 240, preset: "notebook", iterations: 6 }, BLOCKS],
] satisfies [string, OptionsInput, Partial<Job>][])("A run with %s", (name, options, plan) => {
  test("that is killed twice comes to the same bytes", { timeout: 120_000 }, async () => {
    const killed = { name: `${name} killed`, options, plan };
    await killAfter(begin(killed), 1 + some(2), some(60));
    await killAfter(begin(killed), 1 + some(2), some(60));
    expect(existsSync(join(folder, `${killed.name}.rgb`))).toBe(false);
    expect(await ended(begin(killed))).toBe(0);
    expect(picture(killed.name).equals(await undisturbed(killed))).toBe(true);
  });
});

test("A state that was cut off in its midst is refused, and never taken for a run", async () => {
  const run = { name: "cut", options: { size: 64, iterations: 3 }, plan: {} };
  expect(await ended(begin(run))).toBe(0);
  const file = join(folder, "cut.state");
  const bytes = readFileSync(file);
  const { loadRun } = await import("../src/index.ts");
  for (const part of [0, 7, 100, bytes.length / 2, bytes.length - 1]) {
    writeFileSync(file, bytes.subarray(0, part));
    expect(() => loadRun(readFileSync(file), "cut.state")).toThrow(/^cut\.state /);
  }
});
