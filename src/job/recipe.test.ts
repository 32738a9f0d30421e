import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { MisuseError } from "../errors.ts";
import { PRESET_NAMES, parseOptions } from "../transfer/options.ts";
import { resolveSettings, type Settings } from "../transfer/settings.ts";
import {
  isSamePicture,
  type Job,
  jobFrom,
  jobOf,
  longestOutcome,
  type Outcome,
  recipeOf,
  writeRecipe,
} from "./recipe.ts";

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

  test("have no folders, whatever system the files are on", () => {
    const networkOf = (network: string) => jobOf(INPUTS, { network }, SIZE, ENGINE).options.network;
    expect(networkOf("/home/someone/vgg19.h5")).toBe("vgg19.h5");
    expect(networkOf("C:\\Users\\someone\\vgg19.h5")).toBe("vgg19.h5");
    for (const name of ["auto", "vgg19", "built-in", "vgg19.h5"]) expect(networkOf(name)).toBe(name);
    const initial = { name: "start.png", checksum: "1" };
    const { options } = jobOf({ ...INPUTS, initial }, { init: "some/folder/start.png" }, SIZE, ENGINE);
    expect(options.init).toBe("start.png");
  });

  test("tell a picture to start from from the words for where to start", () => {
    for (const name of ["content", "noise"]) {
      const initial = { name, checksum: "1" };
      const { options } = jobOf({ ...INPUTS, initial }, { init: `./${name}` }, SIZE, ENGINE);
      expect(options.init).toBe(`./${name}`);
      expect(jobOf(INPUTS, { init: name }, SIZE, ENGINE).options.init).toBe(name);
    }
  });

  test("have the threads and the device that were used, and a size that is a number", () => {
    const job = jobOf(INPUTS, { size: "original", device: "auto" }, SIZE, ENGINE);
    expect(job).toMatchObject({ size: SIZE, device: "cpu", options: { size: 64, threads: 1 } });
  });
});

test("A job is one text, in whatever order its inputs are named", () => {
  const initial = { name: "start.png", checksum: "1" };
  const style = { ...PHOTO, weight: 1, mask: 0 };
  const one = { ...INPUTS, styles: [style], initial, masks: [PHOTO], keep: PHOTO };
  const other = {
    keep: PHOTO,
    masks: [PHOTO],
    styles: [{ mask: 0, weight: 1, checksum: "0", name: "photo.png" }],
    content: PHOTO,
    initial,
  };
  const textOf = (inputs: typeof one): string =>
    JSON.stringify(jobOf(inputs, { init: "start.png" }, SIZE, ENGINE));
  expect(textOf(other)).toBe(textOf(one));
  expect(JSON.stringify(jobFrom(JSON.parse(textOf(one))))).toBe(textOf(one));
});

test("Inputs of which no job can be made are refused", () => {
  const styles = [{ ...PHOTO, weight: -1 }];
  expect(() => jobOf({ ...INPUTS, styles }, {}, SIZE, ENGINE)).toThrow(
    /^No job can be made of these inputs: styles\.0\.weight: /,
  );
});

/** Outcomes of every kind. */
const outcomes = fc.record<Outcome>({
  loss: fc.record({
    total: fc.double(),
    terms: fc.dictionary(fc.constantFrom("content.conv4_2", "style.conv1_1", "style.conv5_1"), fc.double()),
  }),
  evaluations: fc.maxSafeNat(),
  stopped: fc.boolean(),
  plan: fc
    .record({
      mostPixels: fc.option(fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }), { nil: undefined }),
      history: fc.option(fc.integer({ min: 1, max: 1000 }), { nil: undefined }),
    })
    .map((how) => [{ ...SIZE, iterations: 7, ...how }]),
});

describe("A recipe", () => {
  const job = jobOf(INPUTS, { preset: "gatys", size: 64, iterations: 7 }, SIZE, ENGINE);

  test("has the job as it was, and what came of it", () => {
    fc.assert(
      fc.property(outcomes, (outcome) => {
        const recipe = recipeOf(job, outcome, "impasto 9");
        expect(recipe).toMatchObject({ ...job, software: "impasto 9", size: SIZE, stopped: outcome.stopped });
        expect(recipe.evaluations).toBe(outcome.evaluations);
        expect(Object.keys(recipe.loss)).toEqual(["total", "content", "style", "smoothness"]);
        expect(recipe.loss.total).toBe(outcome.loss.total);
        expect(jobFrom(JSON.parse(writeRecipe(recipe)))).toEqual({ ...job, plan: outcome.plan });
      }),
    );
  });

  test("is never longer than the longest, whatever comes of the work", () => {
    const settings = resolveSettings(job.options);
    const most = writeRecipe(recipeOf(job, longestOutcome(settings, SIZE), "impasto 9")).length;
    fc.assert(
      fc.property(outcomes, (outcome) => {
        expect(writeRecipe(recipeOf(job, outcome, "impasto 9")).length).toBeLessThanOrEqual(most);
      }),
    );
  });

  test("adds the losses of each kind", () => {
    const terms = { "content.conv4_2": 1, "style.conv1_1": 2, "style.conv2_1": 4, smoothness: 8 };
    const outcome = { ...longestOutcome(resolveSettings(job.options), SIZE), loss: { total: 15, terms } };
    expect(recipeOf(job, outcome, "impasto 9").loss).toEqual({
      total: 15,
      content: 1,
      style: 6,
      smoothness: 8,
    });
  });
});

describe("What is no recipe of this version is refused as misuse", () => {
  const recipe = { ...jobOf(INPUTS, {}, SIZE, ENGINE), software: "impasto 9" };

  test.each([
    ["nothing", undefined, ""],
    ["null", null, ""],
    ["a text", "recipe", ""],
    ["an empty object", {}, "options"],
    [
      "an option that is not there any more",
      { ...recipe, options: { ...recipe.options, magic: 1 } },
      "options",
    ],
    [
      "an option out of its range",
      { ...recipe, options: { ...recipe.options, scales: 0 } },
      "options.scales",
    ],
    ["no styles", { ...recipe, styles: [] }, "styles"],
    ["a style without a weight", { ...recipe, styles: [PHOTO] }, "styles.0.weight"],
    ["a device that is not known", { ...recipe, device: "abacus" }, "device"],
    ["a plan without sizes", { ...recipe, plan: [] }, "plan"],
    [
      "a size of the plan that is too large",
      { ...recipe, plan: [{ width: 1e9, height: 1, iterations: 1 }] },
      "plan",
    ],
  ])("%s", (_, value, where) => {
    expect(() => jobFrom(value)).toThrow(MisuseError);
    expect(() => jobFrom(value)).toThrow(
      `This recipe cannot be run again by this version of impasto: ${where}`,
    );
  });

  test("but not a recipe, of which the job is what it takes", () => {
    expect(jobFrom(recipe)).toEqual(jobOf(INPUTS, {}, SIZE, ENGINE));
  });

  test("whatever it is", () => {
    fc.assert(
      fc.property(fc.anything(), (value) => {
        expect(() => jobFrom(value)).toThrow(MisuseError);
      }),
    );
  });
});

describe("Two jobs", () => {
  const start = { name: "start.png", checksum: "2" };
  const job = jobOf({ ...INPUTS, initial: start }, { size: 64, init: "start.png" }, SIZE, ENGINE);

  test.each<[string, Partial<Job>]>([
    ["other names", { content: { ...PHOTO, name: "cat.jpg" }, initial: { ...start, name: "x.png" } }],
    ["another device", { device: "webgpu", options: { ...job.options, device: "webgpu" } }],
    ["other threads and memory", { options: { ...job.options, threads: 9, memory: 1e9, init: "x.png" } }],
    ["a plan", { plan: [{ ...SIZE, iterations: 1 }] }],
    ["what is so anyway", { options: { ...job.options, depth: 8, profile: "srgb" } }],
  ])("ask for one picture with %s", (_, change) => {
    expect(isSamePicture(job, { ...job, ...change })).toBe(true);
    expect(isSamePicture(job, jobFrom(JSON.parse(JSON.stringify({ ...job, ...change }))))).toBe(true);
  });

  test.each<[string, Partial<Job>]>([
    ["another photograph", { content: { ...PHOTO, checksum: "1" } }],
    ["another weight", { styles: [{ ...PHOTO, weight: 2 }, ...INPUTS.styles] }],
    [
      "a part of a painting",
      { styles: [{ ...PHOTO, weight: 1, crop: { left: 0, top: 0, width: 0.5, height: 1 } }] },
    ],
    ["a mask", { masks: [PHOTO], styles: [{ ...PHOTO, weight: 1, mask: 0 }] }],
    ["something kept", { keep: PHOTO }],
    ["another start", { initial: { ...start, checksum: "3" } }],
    ["another network", { network: { name: "narrow", checksum: "wide" } }],
    ["another option", { options: { ...job.options, seed: 1 } }],
    ["another depth", { options: { ...job.options, depth: 16 } }],
    ["other colours", { options: { ...job.options, profile: "display-p3" } }],
    ["another size", { size: { width: 64, height: 47 } }],
  ])("ask for two pictures with %s", (_, change) => {
    expect(isSamePicture(job, { ...job, ...change })).toBe(false);
  });
});
