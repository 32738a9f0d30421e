import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { jobOf } from "../job/recipe.ts";
import type { Iterate } from "../transfer/iterate.ts";
import type { RunState } from "../transfer/run-state.ts";
import { type Checkpoints, collectFiles, keepCheckpoints, readCheckpoint } from "./checkpoint.ts";

const root = mkdtempSync(join(tmpdir(), "impasto-checkpoints-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const SIZE = { width: 2, height: 1 };
const input = { name: "photo.png", checksum: "0f" };
const job = jobOf(
  { content: input, styles: [{ ...input, weight: 1 }] },
  {},
  { width: 20, height: 16 },
  { network: { name: "narrow", checksum: "narrow" }, runtime: { device: "cpu", threads: 1 } },
);

const stateAt = (evaluation: number): RunState => ({
  work: "",
  plan: [{ ...SIZE, iterations: 100 }],
  scale: 0,
  evaluation,
  evaluationsBefore: 0,
  optimizer: {
    kind: "adam",
    point: new Float32Array(6),
    accepted: new Float32Array(6),
    first: new Float32Array(6),
    second: new Float32Array(6),
    steps: evaluation,
  },
  loss: { total: 1, terms: {} },
  seconds: 1,
  secondsHere: 1,
});

const iterateAt = (evaluation: number): Iterate => ({
  scale: 1,
  scales: 1,
  size: SIZE,
  evaluation,
  evaluations: 100,
  loss: { total: 1, terms: {} },
  secondsElapsed: 1,
  secondsLeft: undefined,
  picture: () => Promise.reject(new Error("Nobody should ask for it.")),
  state: async () => stateAt(evaluation),
});

let path: string;
let stop: AbortController;
let told: string[];
beforeEach(() => {
  path = join(mkdtempSync(join(root, "case-")), "run.ckpt");
  stop = new AbortController();
  told = [];
});

const keep = (every: number, file = path): Promise<Checkpoints> => {
  const request = { path: file, every, files: collectFiles(() => false) };
  const run = { job, output: "out.png", network: "auto" };
  return keepCheckpoints(request, run, stop.signal, (text) => told.push(text));
};

/** The evaluation that is saved. */
const saved = async (): Promise<number> => (await readCheckpoint(path)).state.evaluation;

describe("A run that is to stop", () => {
  test("goes on to the end of its evaluation where something would be lost, and saves it", async () => {
    const checkpoints = await keep(1000);
    for (const evaluation of [1, 2, 3]) await checkpoints.see(iterateAt(evaluation));
    stop.abort();
    expect(checkpoints.signal.aborted).toBe(false);
    await checkpoints.see(iterateAt(4));
    expect(checkpoints.signal.aborted).toBe(true);
    expect(await checkpoints.keep("out.png")).toMatch(/`impasto resume \S+run\.ckpt` goes on/);
    expect(await saved()).toBe(4);
  });

  test("stops at once where all is saved, or nothing was made", async () => {
    const checkpoints = await keep(0);
    await checkpoints.see(iterateAt(1));
    stop.abort();
    expect(checkpoints.signal.aborted).toBe(true);
    await checkpoints.keep("out.png");
    expect(await saved()).toBe(1);
    expect((await keep(0)).signal.aborted).toBe(true);
  });
});

describe("A checkpoint", () => {
  test("is saved at the first evaluation, and then as often as was asked for", async () => {
    const checkpoints = await keep(1000);
    for (const evaluation of [1, 2, 3]) await checkpoints.see(iterateAt(evaluation));
    await checkpoints.keep("out.png");
    expect(await saved()).toBe(1);
    await checkpoints.remove();
    expect(readdirSync(join(path, ".."))).toEqual([]);
  });

  test("that cannot be saved is told of once, and stops nothing", async () => {
    const checkpoints = await keep(0);
    rmSync(join(path, ".."), { recursive: true });
    for (const evaluation of [1, 2]) {
      await checkpoints.see(iterateAt(evaluation));
      expect(await checkpoints.keep("out.png")).toBe("");
    }
    expect(told).toEqual([expect.stringMatching(/^The checkpoint could not be saved: There is no folder /)]);
  });
});
