/**
 * The harness itself: what a product does wrong is told for what it is, whatever comes of the process; and a few inputs of
 * the kinds that there are.
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
import { KINDS } from "./kinds/index.ts";

const pathOf = (file: string): string => fileURLToPath(new URL(file, import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "impasto-finds-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Gives these texts, one after another. */
async function give(texts: readonly string[]) {
  const found: Found[] = [];
  let next = 0;
  const kinds = BAD.map((kind): Kind => ({ ...kind, input: () => Buffer.from(texts[next++] ?? "") }));
  const tally = await fuzz({
    kinds,
    module: pathOf("bad-kinds.ts"),
    seed: 1,
    bounds: { seconds: 2, memory: 700 * 2 ** 20 },
    first: 0,
    count: texts.length,
    isOver: () => false,
    onFind: (one) => found.push(one),
  });
  return { found, tally };
}

describe("a child", () => {
  it("that throws, refuses at length, aborts, exits, or leaves a promise to itself is found, and the next goes on", async () => {
    const { found, tally } = await give([
      ...[
        "take",
        "throw",
        "refuse",
        "refuse at length",
        "abort",
        "take",
        "exit",
        "reject later",
        "throw",
        "refuse",
      ],
    ]);
    const finds = found.map(({ bytes, verdict, confirmed }) => [
      Buffer.from(bytes).toString(),
      verdict,
      confirmed,
    ]);
    expect(finds).toEqual([
      ["throw", "wrong", true],
      ["refuse at length", "wrong", true],
      ["abort", "crash", true],
      ["exit", "crash", true],
      ["reject later", "crash", true],
    ]);
    // One of a sort is kept, and each counted.
    expect(tally.byKind.get("bad")).toEqual({ taken: 2, refused: 2, finds: 6 });
    expect(found[2]?.what).toContain("SIGABRT");
  });

  it("that hangs or holds too much is ended, and found", async () => {
    const { found } = await give(["hang", "hold"]);
    expect(found.map(({ verdict }) => verdict)).toEqual(["hang", "memory"]);
  });
});

describe("a find", () => {
  it("is kept with all that it takes to try it again", async () => {
    const { found } = await give(["throw"]);
    const own = keepFind(folder, found[0] ?? expect.fail("nothing was found"));
    expect(readFind(own)).toEqual({ kind: "bad", bytes: Buffer.from("throw") });
  });
});

describe("impasto", () => {
  it("takes or refuses thirty mutated inputs of all kinds as it should", async () => {
    const found: Found[] = [];
    const tally = await fuzz({
      kinds: KINDS,
      module: pathOf("kinds/index.ts"),
      seed: 20,
      bounds: { seconds: 30, memory: 2 ** 30 },
      first: 0,
      count: 30,
      isOver: () => false,
      onFind: (one) => found.push(one),
    });
    expect(found.map(({ what }) => what)).toEqual([]);
    expect(tally.inputs).toBe(30);
    const counts = [...tally.byKind.values()];
    expect(counts.every(({ taken, refused }) => taken + refused > 0)).toBe(true);
  });
});
