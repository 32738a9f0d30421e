import { expect, test } from "vitest";
import { z } from "zod";
import { narrowEngine } from "../../test/narrow-engine.ts";
import { PRESET_NAMES, parseOptions } from "../transfer/options.ts";
import { resolveSettings, type Settings } from "../transfer/settings.ts";
import { recipeOf } from "./recipe-of.ts";

/** What a recipe has to bring back; functions are left out. */
const essence = (settings: Settings) => JSON.stringify(Object.entries({ ...settings, size: 64 }).sort());

test.each(PRESET_NAMES.map((preset) => [preset]))(
  "The options in a recipe are enough to make the same again, and do not contradict each other: %s",
  async (preset) => {
    const options = parseOptions({ preset, size: 64, strength: 0.8, iterations: 7, edges: "replicate" });
    const settings = resolveSettings(options);
    const facts = { name: "photo.png", checksum: "0" };
    const picture = { width: 64, height: 48, rgb: new Float32Array(3 * 64 * 48) };
    const loss = { total: 1, content: 1, style: 0, smoothness: 0, terms: {} };
    const recipe = recipeOf({
      options,
      settings,
      inputs: { content: { picture, facts }, styles: [{ picture, facts, weight: 1 }] },
      engine: { ...(await narrowEngine()), note: "" },
      result: {
        picture,
        loss,
        evaluations: 7,
        optimizer: settings.optimizer,
        stopped: false,
      },
    });
    const written = z
      .object({ options: z.record(z.string(), z.unknown()) })
      .parse(JSON.parse(recipe)).options;
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
