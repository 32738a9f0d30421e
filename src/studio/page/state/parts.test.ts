/** The parts of the page's state that need no studio: arithmetic, words, options, and what comes at most so often. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ANNOUNCE_EVERY, createAnnouncer } from "./announcer.ts";
import { createBlobs } from "./blobs.ts";
import { changeBetween } from "./difference.ts";
import { EMPTY_DRAFT } from "./draft.ts";
import { commandOf } from "./keys.ts";
import { linesOf } from "./losses.ts";
import { choose, differencesBetween, formGroups, labelOf, meantBy, presetsOwn } from "./options.ts";
import { scalesFrom } from "./scales.ts";
import { nextSize } from "./sizes.ts";
import { placeOfSmoothness, smoothnessAt } from "./smoothness.ts";
import { settled, testClock } from "./test-bench.ts";
import { strengthsOf, variantsOf } from "./variants.ts";
import { covered, fitted, moved, partAt, pinched, rescaled, zoomed } from "./view.ts";
import { bytesInWords, secondsInWords } from "./words.ts";

const press = (key: string, more = {}) => ({ key, ctrlKey: false, metaKey: false, altKey: false, ...more });

describe("The view", () => {
  const picture = { width: 640, height: 480 };
  const window = { width: 1000, height: 800 };
  const place = fc.integer({ min: 0, max: 800 });

  test("zooming leaves the point under the pointer where it is", () => {
    fc.assert(
      fc.property(place, place, fc.double({ min: 0.2, max: 5, noNaN: true }), (x, y, factor) => {
        const view = fitted(picture, window);
        const [before, after] = [view, zoomed(view, factor, { x, y })].map((one) =>
          partAt(one, picture, { x, y }),
        );
        expect(after?.x).toBeCloseTo(before?.x ?? 0, 8);
        expect(after?.y).toBeCloseTo(before?.y ?? 0, 8);
      }),
    );
  });

  test("a picture that fits is in the middle and covers no margin", () => {
    expect(covered(fitted(picture, window), picture, window)).toEqual({
      x: 24,
      y: 43,
      width: 952,
      height: 714,
    });
  });

  test("however far it is moved, some of it stays in the window", () => {
    const far = moved(fitted(picture, window), { x: 1e6, y: -1e6 }, picture, window);
    const { width, height } = covered(far, picture, window);
    expect([width, height]).toEqual([64, 64]);
  });

  test("the same picture in twice the pixels is shown where it was", () => {
    const view = fitted(picture, window);
    const after = rescaled(view, picture, { width: 1280, height: 960 });
    expect(after).toEqual({ ...view, scale: view.scale / 2 });
  });

  test("two fingers that part by as much as they were apart zoom by 2 about their middle", () => {
    const moves = pinched(
      [
        { x: 0, y: 0 },
        { x: 10, y: 0 },
      ],
      [
        { x: -5, y: 0 },
        { x: 15, y: 0 },
      ],
    );
    expect(moves).toEqual({ factor: 2, about: { x: 5, y: 0 }, by: { x: 0, y: 0 } });
  });
});

describe("Options", () => {
  test("the strength and the weights that it stands for take each other's place", () => {
    const weighted = choose({ strength: 0.8 }, "contentWeight", 0.1).options;
    expect(weighted).toEqual({ contentWeight: 0.1 });
    expect(choose(weighted ?? {}, "strength", 0.2).options).toEqual({ strength: 0.2 });
  });

  test("what makes no sense is answered with what was expected", () => {
    expect(choose({}, "iterations", 0)).toEqual({ expected: "Expected a whole number from 1 to 1000000." });
    expect(choose({}, "history", 3).options).toEqual({ history: 3 });
    expect(choose({ optimizer: "adam" }, "history", 3).expected).toContain("history");
  });

  test("the form has each option that a page may give, but for those with a control of their own", () => {
    const names = formGroups().flatMap(({ fields }) => fields.map(({ name }) => name));
    expect(names).toEqual(expect.arrayContaining(["iterations", "styleLayers", "optimizer", "init", "seed"]));
    for (const name of ["strength", "size", "device", "memory", "threads"]) expect(names).not.toContain(name);
  });

  test("texts of the form become values", () => {
    expect(meantBy({ kind: "layers", words: [] }, "conv1_1:0.5, conv2_1")).toEqual({
      conv1_1: 0.5,
      conv2_1: 1,
    });
    expect(meantBy({ kind: "number", words: [] }, "0,5")).toBe(0.5);
    expect(meantBy({ kind: "integer", words: [] }, " ")).toBeUndefined();
  });

  test("a preset's own values are shown, and what another changes", () => {
    expect(presetsOwn({}, "smoothnessWeight")).toBe(0.25);
    expect(differencesBetween({}, { preset: "gatys" })).toContainEqual({
      name: "preset",
      from: "impasto",
      to: "gatys",
    });
    expect(differencesBetween({}, {})).toEqual([]);
    expect(labelOf("contentWeight")).toBe("Content weight");
  });

  test("smoothness goes to its slider and back", () => {
    for (const weight of [0, 0.02, 0.25, 3]) {
      expect(smoothnessAt(placeOfSmoothness(weight, 0.25), 0.25)).toBeCloseTo(weight, 2);
    }
    expect(placeOfSmoothness(0.25, 0.25)).toBe(0.5);
  });

  test("a run from a picture works through the sizes that the picture has not seen", () => {
    expect(scalesFrom({}, 512, 512)).toBe(1);
    expect(scalesFrom({}, 512, 97)).toBeGreaterThan(1);
    expect(nextSize(512)).toBe(768);
    expect(nextSize(8192)).toBeUndefined();
  });
});

describe("What has changed", () => {
  test("the strength is told by its name, and its end by the weights", () => {
    const strong = { ...EMPTY_DRAFT, options: { strength: 0.8 } };
    expect(changeBetween(EMPTY_DRAFT, strong)).toEqual({ restart: [], steering: { strength: 0.8 } });
    expect(changeBetween(strong, EMPTY_DRAFT).steering).toEqual({ contentWeight: 0.037 });
    expect(changeBetween(strong, strong)).toEqual({ restart: [] });
  });

  test("what cannot be steered is named", () => {
    const other = { ...EMPTY_DRAFT, options: { styleScale: 2, size: 300, iterations: 5, seed: 1 } };
    expect(changeBetween(EMPTY_DRAFT, other).restart).toEqual(["stroke size", "size", "options"]);
  });
});

describe("Things that come at most so often", () => {
  test("a screen reader is told the newest sentence, once in ten seconds", async () => {
    const clock = testClock();
    const { say, said } = createAnnouncer(clock);
    const heard: string[] = [];
    said.subscribe((sentence) => void heard.push(sentence));
    for (let second = 0; second < 25; second++) {
      say(`${second} s`);
      await clock.pass(1000);
    }
    expect(heard).toEqual(["", "0 s", "9 s", "19 s"]);
    expect(ANNOUNCE_EVERY).toBe(10_000);
  });

  test("one picture is fetched at a time, and of those that were asked for meanwhile the newest", async () => {
    const blobs = createBlobs();
    const fetched: string[] = [];
    const waiting: (() => void)[] = [];
    const want = (key: string): void =>
      blobs.want("run", key, () => {
        fetched.push(key);
        return new Promise((resolve) => waiting.push(() => resolve(new Blob([key]))));
      });
    for (const key of ["1", "2", "3", "4"]) want(key);
    expect(fetched).toEqual(["1"]);
    waiting.shift()?.();
    await settled();
    expect(fetched).toEqual(["1", "4"]);
    waiting.shift()?.();
    await settled();
    want("4");
    expect(fetched).toEqual(["1", "4"]);
    expect(blobs.of("run").value?.key).toBe("4");
  });
});

describe("Small things", () => {
  test("keys are off where somebody writes, but for those that no text needs", () => {
    expect(commandOf(press("b"), false)).toBe("brush");
    expect(commandOf(press("b"), true)).toBeUndefined();
    expect(commandOf(press("Enter", { ctrlKey: true }), true)).toBe("paint");
    expect(commandOf(press("z", { metaKey: true }), true)).toBeUndefined();
    expect(commandOf(press("Escape"), true)).toBe("leave");
  });

  test("bytes and seconds are rounded as people say them", () => {
    expect([999, 1.25e6, 4e9].map(bytesInWords)).toEqual(["999 bytes", "1.3 MB", "4.0 GB"]);
    expect([0.2, 7, 33, 59, 150, 3600, 5400].map(secondsInWords)).toEqual([
      "1 s",
      "7 s",
      "35 s",
      "1 min",
      "3 min",
      "1 h",
      "1 h 30 min",
    ]);
  });

  test("the lines of the losses leave out what is 0 everywhere", () => {
    const points = [1, 2].map((evaluations) => ({
      evaluations,
      loss: { total: 2 / evaluations, smoothness: 0 },
    }));
    expect(linesOf(points)).toEqual([
      {
        term: "total",
        points: [
          { x: 1, y: 2 },
          { x: 2, y: 1 },
        ],
        newest: 1,
      },
    ]);
  });

  test("variants are strengths by paintings", () => {
    expect(strengthsOf(3)).toEqual([0.2, 0.55, 0.9]);
    const style = (name: string) => ({
      picture: { id: name, name, width: 1, height: 1 },
      weight: 1,
      mask: [],
    });
    const draft = { ...EMPTY_DRAFT, styles: [style("a"), style("b")] };
    const variants = variantsOf(draft, { strengths: [0.2, 0.9], apart: true, size: 128 });
    expect(
      variants.map(({ styles, options }) => [
        styles.map(({ picture }) => picture.id).join(),
        options.strength,
      ]),
    ).toEqual([
      ["a", 0.2],
      ["a", 0.9],
      ["b", 0.2],
      ["b", 0.9],
    ]);
  });
});
