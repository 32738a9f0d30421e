import { describe, expect, test } from "vitest";
import { PRESET_NAMES, parseOptions } from "../transfer/options.ts";
import { optionsAgain, scalesFrom } from "./again.ts";
import { type Job, jobFrom, jobOf } from "./recipe.ts";

const SIZE = { width: 512, height: 384 };
const ENGINE = {
  network: { name: "narrow", checksum: "narrow" },
  runtime: { device: "cpu", threads: 3 },
} as const;
const INPUTS = {
  content: { name: "photo.png", checksum: "0" },
  styles: [{ name: "painting.png", checksum: "1", weight: 1 }],
};

/** A job as a recipe has it. */
const jobWith = (options: object): Job =>
  jobFrom(JSON.parse(JSON.stringify(jobOf(INPUTS, parseOptions(options), SIZE, ENGINE))));

/** The options of a job made again. */
const again = (options: object, changes: Readonly<Record<string, unknown>>) => {
  const job = jobOf(INPUTS, parseOptions(optionsAgain(jobWith(options), changes)), SIZE, ENGINE);
  return job.options;
};

describe("A job made again", () => {
  test.each(PRESET_NAMES)("is the same job where nothing is changed: %s", (preset) => {
    for (const options of [
      { preset },
      {
        preset,
        size: 400,
        strength: 0.8,
        iterations: 7,
        seed: 3,
        init: "noise",
        styleLayers: { conv2_1: 1 },
      },
      { preset, optimizer: "adam", learningRate: 0.5, scales: 1, edges: "zero" },
    ]) {
      expect(again(options, {})).toEqual(jobWith(options).options);
    }
  });

  test("larger has as many sizes as its preset has there, and keeps what was chosen", () => {
    const { scales, iterations, size, pooling } = again({ pooling: "average" }, { size: 2048 });
    expect({ size, pooling, iterations }).toEqual({ size: 2048, pooling: "average", iterations: undefined });
    expect(scales).toBe(jobOf(INPUTS, { size: 2048 }, SIZE, ENGINE).options.scales);
    expect(again({ scales: 1, iterations: 9 }, { size: 2048 })).toMatchObject({ scales: 1, iterations: 9 });
  });

  test("with a strength takes it in place of its weights", () => {
    const before = jobWith({ contentWeight: 5, styleWeight: 7 }).options;
    const { contentWeight, styleWeight } = again(before, { strength: 0.8 });
    expect({ contentWeight, styleWeight }).toEqual(
      (({ contentWeight, styleWeight }) => ({ contentWeight, styleWeight }))(
        jobOf(INPUTS, { strength: 0.8 }, SIZE, ENGINE).options,
      ),
    );
  });

  test("with another optimiser leaves out what the first alone has", () => {
    expect(again({ history: 9 }, { optimizer: "adam" })).not.toHaveProperty("history");
    expect(again({ history: 9 }, { optimizer: "lbfgs" })).toMatchObject({ history: 9 });
    expect(again({ optimizer: "adam", learningRate: 1 }, { optimizer: "lbfgs" })).not.toHaveProperty(
      "learningRate",
    );
  });

  test("with another preset has that preset's own choices, and keeps the others", () => {
    const options = again({ styleWeight: 9, iterations: 3, styleScale: 2, seed: 4 }, { preset: "gatys" });
    expect(options).toEqual(jobWith({ preset: "gatys", size: 512, styleScale: 2, seed: 4 }).options);
  });
});

test("From a picture of some size only the larger sizes are worked through, and at least the last", () => {
  const sizes = [97, 226, 512, 1100, 2048];
  expect(scalesFrom(512, sizes)).toBe(2);
  expect(scalesFrom(500, sizes)).toBe(3);
  expect(scalesFrom(4000, sizes)).toBe(1);
});
