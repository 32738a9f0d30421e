import { describe, expect, test } from "vitest";
import { PRESET_NAMES, parseOptions } from "../transfer/options.ts";
import { resolveSettings, type Settings } from "../transfer/settings.ts";
import { jobFrom, jobOf, recipeOf, writeRecipe } from "./recipe.ts";

/** What a recipe has to bring back; functions are left out. */
const essence = (settings: Settings) => JSON.stringify(Object.entries({ ...settings, size: 64 }).sort());

const SIZE = { width: 64, height: 48 };
const ENGINE = {
  network: { name: "narrow", checksum: "narrow" },
  runtime: { device: "cpu", threads: 1 },
} as const;
const PHOTO = { name: "photo.png", checksum: "0" };
const INPUTS = { content: PHOTO, styles: [{ ...PHOTO, weight: 1 }] };

describe("The options in a recipe", () => {
  test.each(PRESET_NAMES)(
    "are enough to make the same again, and do not contradict each other: %s",
    (preset) => {
      const options = { preset, size: 64, strength: 0.8, iterations: 7, edges: "replicate" } as const;
      const settings = resolveSettings(parseOptions(options));
      const job = jobOf(INPUTS, options, SIZE, ENGINE);
      const outcome = {
        loss: { total: 1, terms: {} },
        evaluations: 7,
        stopped: false,
        plan: [{ ...SIZE, iterations: 7 }],
      };
      const written = jobFrom(JSON.parse(writeRecipe(recipeOf(job, outcome, "impasto")))).options;
      expect(Object.keys(written)).toEqual(
        expect.arrayContaining([
          "styleMeasure",
          "edges",
          "scales",
          "iterations",
          "contentWeight",
          "pooling",
          "threads",
        ]),
      );
      const again = resolveSettings(parseOptions(written));
      expect(essence(again)).toBe(essence(settings));
      expect(again.schedule(64)).toEqual(settings.schedule(64));
    },
  );
});
