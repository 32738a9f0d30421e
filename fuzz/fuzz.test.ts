/**
 * The harness itself: what a product does wrong is told for what it is, whatever comes of the process; and a few inputs of
 * those kinds that are quickly made.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { KINDS as BAD } from "./bad-kinds.ts";
import { type Found, keepFind, readFind } from "./find.ts";
import { fuzz } from "./fuzz.ts";
import type { Kind } from "./kind.ts";
import { jobsFiles } from "./kinds/jobs-files.ts";
import { pictures } from "./kinds/pictures.ts";
import { type Bounds, startChild } from "./watched-child.ts";

const pathOf = (file: string): string => fileURLToPath(new URL(file, import.meta.url));
const BAD_MODULE = pathOf("bad-kinds.ts");
const BOUNDS: Bounds = { seconds: 1, memory: 280 * 2 ** 20 };

const folder = mkdtempSync(join(tmpdir(), "impasto-finds-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What becomes of texts that are given to one child, up to the one that ends it. */
async function give(...texts: readonly string[]): Promise<readonly string[]> {
  const child = await startChild(BAD_MODULE, BOUNDS);
  const verdicts: string[] = [];
  for (const text of texts) verdicts.push((await child.give("bad", Buffer.from(text))).verdict);
  await child.end();
  return verdicts;
}

/** Tries inputs, and keeps what is found. */
async function tryThem(kinds: readonly Kind[], module: string, count: number, bounds: Bounds) {
  const found: Found[] = [];
  const tally = await fuzz({
    kinds,
    module,
    bounds,
    count,
    seed: 20,
    first: 0,
    isOver: () => false,
    onFind: (one) => found.push(one),
  });
  return { found, tally };
}

describe("a child", () => {
  it("is found to throw, to refuse at length and to crash, and serves on where it can", async () => {
    const verdicts = await give("take", "throw", "refuse", "refuse at length", "take", "abort");
    expect(verdicts).toEqual(["taken", "wrong", "refused", "wrong", "taken", "crash"]);
  });

  it("is ended and found where it hangs, where it holds too much, and where it leaves a promise to itself", async () => {
    const verdicts = await Promise.all(["hang", "hold", "reject later"].map((text) => give(text)));
    expect(verdicts.flat()).toEqual(["hang", "memory", "crash"]);
  });
});

describe("a find", () => {
  it("is confirmed in a fresh child and kept with all that it takes to try it again, one of a sort", async () => {
    const texts = ["throw", "throw", "take"];
    let next = 0;
    const kinds = BAD.map((kind): Kind => ({ ...kind, input: () => Buffer.from(texts[next++] ?? "") }));
    const { found, tally } = await tryThem(kinds, BAD_MODULE, texts.length, BOUNDS);
    expect(tally.byKind.get("bad")).toEqual({ taken: 1, refused: 0, finds: 2 });
    expect(found).toMatchObject([{ index: 0, verdict: "wrong", confirmed: true }]);
    const own = keepFind(folder, found[0] ?? expect.fail("nothing was found"));
    expect(readFind(own)).toEqual({ kind: "bad", bytes: Buffer.from("throw") });
  });
});

describe("impasto", () => {
  it("takes or refuses thirty mutated pictures and jobs files as it should", async () => {
    const bounds = { seconds: 30, memory: 2 ** 30 };
    const { found, tally } = await tryThem([pictures, jobsFiles], pathOf("kinds/index.ts"), 30, bounds);
    expect(found.map(({ what }) => what)).toEqual([]);
    expect(tally.inputs).toBe(30);
  });
});
