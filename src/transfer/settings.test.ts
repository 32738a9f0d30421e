import { describe, expect, test } from "vitest";
import { MisuseError } from "../errors.ts";
import { type OptionsInput, PRESET_NAMES, parseOptions } from "./options.ts";
import { PRESETS, resolveSettings } from "./settings.ts";
import { namedLayers } from "./term.ts";
import { termsOf } from "./terms/table.ts";

const settle = (options: OptionsInput) => resolveSettings(parseOptions(options));

describe.each(PRESET_NAMES)("The settings of the preset %s", (preset) => {
  test("are the preset's own where no option says otherwise", () => {
    const { optimizer, lbfgs, adam, ...table } = PRESETS[preset];
    const settings = settle({ preset });
    const values = Object.entries(table).filter(([, value]) => typeof value !== "function");
    expect(settings).toMatchObject(Object.fromEntries(values));
    expect(settings.optimizer).toEqual({ lbfgs, adam }[optimizer]);
    expect(settings).toMatchObject({ size: undefined, seed: 0 });

    const [shape, size] = [[3, 4, 5], { width: 300, height: 200 }];
    expect(settings.contentUnit(shape)).toBe(table.contentUnit(shape));
    expect(settings.styleUnit(shape)).toBe(table.styleUnit(shape));
    expect(settings.smoothnessUnit(shape)).toBe(table.smoothnessUnit(shape));
    expect(settings.contentSize(size, undefined)).toEqual(table.contentSize(size, undefined));
    const [painting, result] = [size, { width: 200, height: 150 }];
    expect(settings.styleSize(painting, result)).toEqual(table.styleSize(painting, result));
    expect(settings.schedule(512)).toEqual(table.schedule(512));
  });

  test("are the options' where they are given", () => {
    const given = {
      size: 99,
      contentWeight: 0.25,
      styleWeight: 3.5,
      smoothnessWeight: 0.125,
      contentLayers: { conv3_2: 2 },
      styleLayers: { conv2_2: 0.5, conv4_4: 1 },
      init: "begin.png",
      seed: 12,
    } as const;
    for (const pooling of ["max", "average"] as const) {
      expect(settle({ preset, ...given, pooling })).toMatchObject({ ...given, pooling });
    }
  });

  test("give the result the photograph's own size where that is asked for, as far as there is such a size", () => {
    const { contentSize } = settle({ preset, size: "original" });
    for (const size of [
      { width: 4001, height: 2999 },
      { width: 16, height: 65_536 },
    ]) {
      expect(contentSize(size, "original")).toEqual(size);
    }
    expect(contentSize({ width: 300, height: 7 }, "original")).toEqual({ width: 300, height: 16 });
    const tooLarge = () => contentSize({ width: 70_000, height: 20 }, "original");
    expect(tooLarge).toThrow(MisuseError);
    expect(tooLarge).toThrow(/^The photograph has 70000×20 pixels/);
  });

  test("make as many evaluations at each size as the option says", () => {
    for (const { iterations } of settle({ preset, iterations: 7 }).schedule(512)) expect(iterations).toBe(7);
  });

  test("move α along a geometric scale with the strength, the preset's own in the middle", () => {
    const { contentWeight } = PRESETS[preset];
    expect(settle({ preset, strength: 0.5 }).contentWeight).toBeCloseTo(contentWeight, 12);
    expect(settle({ preset, strength: 0 }).contentWeight / contentWeight).toBeCloseTo(30, 10);
    expect(contentWeight / settle({ preset, strength: 1 }).contentWeight).toBeCloseTo(30, 10);
  });

  test("show a style larger or smaller, and never larger than it is on that account", () => {
    const result = { width: 512, height: 384 };
    const seen = (styleScale: number, side: number) => {
      const style = { width: side, height: side };
      const { width, height } = settle({ preset, styleScale }).styleSize(style, result);
      return Math.max(width, height);
    };
    const own = seen(1, 4000);
    expect(seen(0.5, 4000)).toBe(own / 2);
    expect(seen(2, 4000)).toBe(own * 2);
    expect(seen(20, 4000)).toBe(4000);
    expect(seen(20, 100)).toBe(seen(1, 100));
  });

  test("take weights of 0 for what they are", () => {
    expect(settle({ preset, contentWeight: 0 }).contentWeight).toBe(0);
    expect(settle({ preset, styleWeight: 0 }).styleWeight).toBe(0);
    expect(settle({ preset, smoothnessWeight: 0 }).smoothnessWeight).toBe(0);
  });

  test("change the optimiser, and what belongs to it alone", () => {
    const { adam, lbfgs } = PRESETS[preset];
    expect(settle({ preset, optimizer: "adam" }).optimizer).toEqual(adam);
    expect(settle({ preset, optimizer: "adam", learningRate: 0.5 }).optimizer).toEqual({
      ...adam,
      learningRate: 0.5,
    });
    expect(settle({ preset, optimizer: "lbfgs" }).optimizer).toEqual(lbfgs);
    expect(settle({ preset, optimizer: "lbfgs", history: 3 }).optimizer).toEqual({ ...lbfgs, history: 3 });
  });

  test("work up to the size that was asked for, each size larger than the one before", () => {
    const { schedule } = settle({ preset });
    for (const longest of [16, 17, 100, 128, 255, 256, 257, 512, 1000, 1025, 4096]) {
      const sizes = schedule(longest).map((scale) => scale.longest);
      expect(sizes.at(-1)).toBe(longest);
      expect(sizes).toEqual([...new Set(sizes)].sort((a, b) => a - b));
      expect(Math.min(...sizes)).toBeGreaterThanOrEqual(16);
    }
  });
});

describe("Options that contradict each other", () => {
  test.each([
    [{ optimizer: "adam", history: 5 }, "history is for the lbfgs optimizer, not for adam."],
    [{ preset: "notebook", history: 5 }, "history is for the lbfgs optimizer, not for adam."],
    [{ optimizer: "lbfgs", learningRate: 1 }, "learningRate is for the adam optimizer, not for lbfgs."],
    [{ preset: "gatys", learningRate: 1 }, "learningRate is for the adam optimizer, not for lbfgs."],
    [
      { contentWeight: 0, styleWeight: 0 },
      "contentWeight and styleWeight are both 0: there is nothing to make the picture from.",
    ],
  ] satisfies [OptionsInput, string][])("are misuse: %j", (options, message) => {
    expect(() => settle(options)).toThrow(new MisuseError(message));
  });

  test("are called what the caller calls them", () => {
    const asFlags = (options: OptionsInput) => () =>
      resolveSettings(parseOptions(options), (name) => `--${name.toLowerCase()}`);
    expect(asFlags({ optimizer: "adam", history: 5 })).toThrow(/^--history is for/);
    expect(asFlags({ learningRate: 1 })).toThrow(/^--learningrate is for/);
    expect(asFlags({ contentWeight: 0, styleWeight: 0 })).toThrow(/^--contentweight and --styleweight are/);
  });
});

describe("The layers", () => {
  const weights = { conv5_1: 1, conv2_1: 0, conv1_2: 0.1, conv1_1: 3 };

  test("that are named are in the network's order", () => {
    expect(namedLayers(weights)).toEqual(["conv1_1", "conv1_2", "conv2_1", "conv5_1"]);
    expect(namedLayers({})).toEqual([]);
  });

  test("that count are those above 0, in the network's order", () => {
    const counted = (options: OptionsInput) =>
      termsOf(settle({ preset: "gatys", ...options }))
        .filter(({ counts }) => counts)
        .map(({ name }) => name);
    expect(counted({ contentWeight: 0, styleLayers: weights })).toEqual([
      "style.conv1_1",
      "style.conv1_2",
      "style.conv5_1",
    ]);
    expect(counted({ styleWeight: 0, contentLayers: weights })).toEqual([
      "content.conv1_1",
      "content.conv1_2",
      "content.conv5_1",
    ]);
  });
});
