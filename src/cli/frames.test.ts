import { existsSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate as turn } from "node:timers/promises";
import { afterAll, describe, expect, it } from "vitest";
import { MisuseError } from "../errors.ts";
import type { Picture } from "../image/picture.ts";
import { temporaryBeside } from "../image/replace.node.ts";
import type { Iterate } from "../transfer/iterate.ts";
import { frameOptionsFrom } from "./frame-options.ts";
import { framesIn, openFrames } from "./frames.ts";

const root = mkdtempSync(join(tmpdir(), "impasto-frames-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const folder = (): string => mkdtempSync(join(root, "run-"));

const flat: Picture = { width: 4, height: 3, rgb: new Float32Array(36).fill(0.5) };

/** An evaluation of the last of two sizes; its picture is asked for at most once, while it is there. */
const iterate = (evaluation: number, evaluations = 100): Iterate => ({
  scale: 2,
  scales: 2,
  size: flat,
  evaluation,
  evaluations,
  loss: { total: 1, terms: {} },
  secondsElapsed: 0,
  secondsLeft: undefined,
  picture: async () => flat,
  state: () => Promise.reject(new Error("nobody asks for it")),
});

const numbers = (path: string): readonly number[] =>
  readdirSync(path)
    .toSorted()
    .map((name) => Number(/^frame-(\d{6})\.png$/.exec(name)?.[1]));

const quiet = (text: string): void => {
  throw new Error(text);
};

describe("frames", () => {
  it("are those of every n-th evaluation, and of the last", async () => {
    const path = folder();
    const frames = await openFrames({ folder: path, every: 4 }, quiet);
    for (let i = 1; i <= 10; i++) await frames.save(iterate(i, 10));
    expect(await frames.finish()).toBe(true);
    expect(numbers(path)).toEqual([4, 8, 10]);
  });

  it("go on with the numbers of a run that is gone on with, over what it wrote after it was saved", async () => {
    const path = folder();
    const first = await openFrames({ folder: path, every: 2 }, quiet);
    for (let i = 1; i <= 6; i++) await first.save(iterate(i));
    await first.finish();
    const again = await openFrames({ folder: path, every: 2, done: 3 }, quiet);
    for (let i = 4; i <= 8; i++) await again.save(iterate(i));
    await again.finish();
    expect(numbers(path)).toEqual([2, 4, 6, 8]);
  });

  it("clear away what a run that was killed left of one of them half written", async () => {
    const path = folder();
    writeFileSync(temporaryBeside(join(path, "frame-000004.png")), "half a frame");
    const frames = await openFrames({ folder: path, every: 2, done: 3 }, quiet);
    for (let i = 4; i <= 6; i++) await frames.save(iterate(i));
    await frames.finish();
    expect(numbers(path)).toEqual([4, 6]);
  });

  it("do not hold the work up, but wait for each other, so that one at most is on its way", async () => {
    const path = folder();
    const frames = await openFrames({ folder: path, every: 1 }, quiet);
    let returned = 0;
    const saving = (async () => {
      for (let i = 1; i <= 3; i++) {
        await frames.save(iterate(i));
        returned += 1;
      }
    })();
    await turn();
    // The first is handed over at once, and the second waits.
    expect({ returned, written: readdirSync(path).length }).toEqual({ returned: 1, written: 0 });
    await saving;
    await frames.finish();
    expect(numbers(path)).toEqual([1, 2, 3]);
  });

  it("end with a word, and not the work, where they can be written no longer", async () => {
    const path = folder();
    const notes: string[] = [];
    const frames = await openFrames({ folder: path, every: 1 }, (text) => notes.push(text));
    await frames.save(iterate(1));
    await frames.save(iterate(2));
    renameSync(path, `${path}-elsewhere`);
    for (let i = 3; i <= 5; i++) await frames.save(iterate(i));
    expect(await frames.finish()).toBe(false);
    expect(notes).toEqual([expect.stringMatching(/^No more frames: There is no folder/)]);
    expect(existsSync(path)).toBe(false);
  });

  it("are not mixed with those of another run", async () => {
    const path = folder();
    writeFileSync(join(path, "frame-000007.png"), "");
    await expect(openFrames({ folder: path, every: 1 }, quiet)).rejects.toThrow(
      new MisuseError(
        `"${path}" has frames of another run, such as frame-000007.png: name an empty folder for --frames.`,
      ),
    );
  });

  it("are found in the order of their numbers, whatever else is there", async () => {
    const path = folder();
    for (const name of ["frame-1000000.png", "frame-000020.png", "frame-3.png", "frame.png", "out.png"]) {
      writeFileSync(join(path, name), "");
    }
    expect((await framesIn(path)).map((file) => file.slice(path.length + 1))).toEqual([
      "frame-3.png",
      "frame-000020.png",
      "frame-1000000.png",
    ]);
  });
});

describe("frameOptionsFrom", () => {
  it("takes a folder, and every fifth evaluation where nothing else is said", () => {
    expect(frameOptionsFrom({})).toEqual({ folder: undefined, every: 5 });
    expect(frameOptionsFrom({ frames: "f", saveEvery: "3" })).toEqual({ folder: "f", every: 3 });
  });

  it.each(["0", "1.5", "-1", "x", ""])("refuses %j", (saveEvery) => {
    expect(() => frameOptionsFrom({ frames: "f", saveEvery })).toThrow(
      new MisuseError(`Expected a whole number of at least 1 for --save-every but received "${saveEvery}".`),
    );
  });
});
