import { describe, expect, test } from "vitest";
import { ioOf, type JobSubject, jobOn } from "../../test/jobs.ts";
import { colours, narrowEngine } from "../../test/narrow-engine.ts";
import { ImpastoError, MisuseError } from "../errors.ts";
import type { Size } from "../image/size.ts";
import type { Engine } from "../transfer/engine.ts";
import type { Stylization } from "../transfer/iterate.ts";
import { type OptionsInput, PRESET_NAMES } from "../transfer/options.ts";
import { heldBytes, planMemory } from "../transfer/plan.ts";
import type { RunState } from "../transfer/run-state.ts";
import { resolveSettings } from "../transfer/settings.ts";
import { drain, stylize } from "../transfer/stylize.ts";
import { termsOf } from "../transfer/terms/table.ts";
import { runJob } from "./job.ts";
import { type Job, jobFrom, recipeOf, writeRecipe } from "./recipe.ts";

const engine = await narrowEngine();

const pictures = {
  photo: colours(40, 30, 1),
  painting: colours(36, 50, 2),
  "other painting": colours(64, 24, 3),
  strip: colours(200, 18, 4),
  wide: colours(340, 120, 5),
  noise: colours(33, 40, 6),
};
const subject: JobSubject = { pictures, content: "photo", styles: { painting: 1 } };

const run = (job: Job, on: Engine = engine): Promise<Stylization> => runJob(job, on, ioOf(subject));
const recipeText = (job: Job, result: Stylization): string =>
  writeRecipe(recipeOf(job, result, "impasto 1.2.3"));

/** The least memory that a job can do with. */
function leastMemory(job: Job, content: Size): number {
  const settings = resolveSettings(job.options);
  const work = { network: engine.network, settings, terms: termsOf(settings).filter(({ counts }) => counts) };
  const held = heldBytes([pictures.wide, pictures.painting]);
  for (let memory = 1e6; ; memory *= 1.01) {
    try {
      planMemory(content, work, memory, held);
      return memory;
    } catch (error) {
      if (!(error instanceof ImpastoError)) throw error;
    }
  }
}

/** Runs a job, then that of its recipe, on engines of their own. */
async function runTwice(job: Job, on: Engine = engine) {
  const first = await run(job, on);
  const text = recipeText(job, first);
  const again = jobFrom(JSON.parse(text));
  const second = await run(again, await narrowEngine());
  return { first, second, texts: [text, recipeText(again, second)] };
}

function expectSame({ first, second, texts }: Awaited<ReturnType<typeof runTwice>>): void {
  expect(Buffer.from(second.picture.rgb.buffer).equals(Buffer.from(first.picture.rgb.buffer))).toBe(true);
  expect({ ...second, seconds: 0, secondsPerEvaluation: 0 }).toEqual({
    ...first,
    seconds: 0,
    secondsPerEvaluation: 0,
  });
  expect(texts[1]).toBe(texts[0]);
}

describe("The job of a picture's own recipe makes the same picture, and the same recipe", () => {
  test.each(PRESET_NAMES)("with the preset %s", async (preset) => {
    const job = jobOn(subject, { preset, size: 48, iterations: 5, strength: 0.7, seed: 3 }, engine);
    expectSame(await runTwice(job));
  });

  test.each([
    ["several styles", { ...subject, styles: { painting: 1, "other painting": 0.3, strip: 0 } }, {}],
    ["a picture to start from", { ...subject, initial: "painting" }, { init: "any/folder/painting" }],
    ["a picture to start from that is called noise", { ...subject, initial: "noise" }, { init: "./noise" }],
    ["noise of a seed", subject, { init: "noise", seed: 7 }],
    ["another optimiser", subject, { optimizer: "adam", learningRate: 0.3 }],
    ["a shorter history", subject, { history: 2, iterations: 8 }],
    [
      "layers of its own",
      subject,
      { contentLayers: { conv3_1: 1 }, styleLayers: { conv1_2: 2, conv2_1: 0 } },
    ],
    ["strokes and borders of its own", subject, { styleScale: 0.6, edges: "zero", pooling: "average" }],
    ["a bound on memory", subject, { memory: "900MB" }],
    ["the photograph's own size", { ...subject, content: "strip" }, { size: "original", scales: 1 }],
  ] satisfies [string, JobSubject, OptionsInput][])("with %s", async (_, subject, options) => {
    expectSame(await runTwice(jobOn(subject, { size: 40, iterations: 4, ...options }, engine)));
  });

  test("over sizes with evaluations of their own, which no option can say", async () => {
    const job = jobOn({ ...subject, content: "strip" }, { size: 200 }, engine);
    const twice = await runTwice(job);
    expect(twice.first.plan.map(({ iterations }) => iterations)).toEqual([60, 50]);
    expect(job.options.iterations).toBeUndefined();
    expectSame(twice);
  });

  test("in blocks, also where there is room for the whole picture by then", async () => {
    const options = { preset: "impasto", size: 340, scales: 1, iterations: 2, history: 6 } as const;
    const job = jobOn({ ...subject, content: "wide" }, options, engine);
    const memory = leastMemory(job, pictures.wide);
    const twice = await runTwice(job, { ...engine, memory });
    expect(twice.first.plan[0].mostPixels).toBeLessThan(340 * 120);
    expect(twice.first.plan[0].history).toBeLessThan(6);
    expectSame(twice);
    // It would have been another one.
    const whole = await run(job);
    expect(whole.plan[0]).toEqual({ width: 340, height: 120, iterations: 2 });
    expect(whole.picture.rgb).not.toEqual(twice.first.picture.rgb);
  });
});

describe("A job", () => {
  test.each(PRESET_NAMES)(
    "makes the picture that its options make, also at the own size of %s",
    async (preset) => {
      // The notebook's shortest side is the longest of a small picture, and what is left of a pixel is cut off.
      const content = colours(42, 67, 7);
      const painting = colours(20, 20, 8);
      const options = { preset, iterations: 1, ...(preset === "notebook" ? {} : { size: 67, scales: 1 }) };
      const own = { pictures: { content, painting }, content: "content", styles: { painting: 1 } };
      const styles = [{ picture: painting, weight: 1 }];
      const { picture } = await drain(stylize({ content, styles, options }, engine));
      const result = await runJob(jobOn(own, options, engine), engine, ioOf(own));
      expect(result.picture).toEqual(picture);
    },
  );

  test("asks for its pictures one after another, by name and checksum, at the size that they are needed", async () => {
    const three = { ...subject, styles: { painting: 1, strip: 2 }, initial: "noise" };
    const job = jobOn(three, { size: 24, iterations: 1, init: "noise.png" }, engine);
    const asked: string[] = [];
    await runJob(job, engine, {
      async read(input, neededSize) {
        const { width, height } = neededSize({ width: 4000, height: 3500 });
        asked.push(`${input.name} ${width}×${height}`);
        return ioOf(subject).read(input, neededSize);
      },
    });
    expect(asked).toEqual(["photo 24×18", "painting 24×21", "strip 24×21", "noise 24×18"]);
  });

  test("is refused on another network than its own", async () => {
    const job = jobOn(subject, { size: 32, iterations: 1 }, engine);
    const compiled = engine.compiled();
    const other = run({ ...job, network: { name: "vgg19", checksum: "abc" } });
    await expect(other).rejects.toThrow(
      new MisuseError(
        "The job was made with the network vgg19 (abc), and here is narrow (narrow): use the same weights.",
      ),
    );
    expect(engine.compiled()).toBe(compiled);
  });

  test("whose plan does not fit into memory is refused, and not planned anew", async () => {
    const options = { preset: "impasto", size: 340, scales: 1, iterations: 1 } as const;
    const unplanned = jobOn({ ...subject, content: "wide" }, options, engine);
    const small = { ...engine, memory: leastMemory(unplanned, pictures.wide) };
    const planned = { ...unplanned, plan: [...(await run(unplanned)).plan] };
    const compiled = engine.compiled();
    const refused = run(planned, { ...engine, memory: 0.9 * small.memory });
    await expect(refused).rejects.toThrow(ImpastoError);
    await expect(refused).rejects.not.toThrow(MisuseError);
    await expect(refused).rejects.toThrow(
      /^340×120 was planned for more memory than the \d+ MB that are there, and with less the picture would be another/,
    );
    expect(engine.compiled()).toBe(compiled);
    // Without its plan it finds a way, and that it can then follow.
    const { plan } = await run(unplanned, small);
    expect((await run({ ...unplanned, plan: [...plan] }, small)).plan).toEqual(plan);
    // What is free is never quite what it was.
    const less = { ...engine, memory: 0.975 * small.memory };
    expect((await run({ ...unplanned, plan: [...plan] }, less)).plan).toEqual(plan);
  });

  test("may use no more memory than its engine, whatever it was allowed elsewhere", async () => {
    const options = { preset: "impasto", size: 340, scales: 1, iterations: 1, memory: "64GB" } as const;
    const job = jobOn({ ...subject, content: "wide" }, options, engine);
    const small = { ...engine, memory: leastMemory(job, pictures.wide) };
    expect((await run(job, small)).plan[0].mostPixels).toBeLessThan(340 * 120);
    expect(
      (await run({ ...job, options: { ...job.options, memory: small.memory } })).plan[0].mostPixels,
    ).toBeLessThan(340 * 120);
  });

  test("of options that make no sense is refused", () => {
    expect(() => jobOn(subject, { optimizer: "adam", history: 3 }, engine)).toThrow(MisuseError);
  });
});

test("A job with masks, a part of a painting and something kept gives its bytes again from its recipe", async () => {
  const shade = (width: number, height: number, at: (x: number) => number) => ({
    width,
    height,
    rgb: Float32Array.from({ length: 3 * width * height }, (_, i) => at((i % width) / width)),
  });
  const guided: JobSubject = {
    ...subject,
    styles: { painting: 1, "other painting": 2 },
    pictures: {
      ...pictures,
      left: shade(9, 9, (x) => 1 - x),
      middle: shade(20, 4, (x) => (x > 0.4 ? 1 : 0)),
    },
  };
  const plain = jobOn(guided, { size: 32, iterations: 4, scales: 1, color: "match" }, engine);
  const mask = { name: "left", checksum: "checksum of left" };
  const job: Job = {
    ...plain,
    masks: [mask],
    keep: { name: "middle", checksum: "checksum of middle" },
    styles: plain.styles.map((style, index) =>
      index === 0 ? { ...style, mask: 0 } : { ...style, crop: { left: 0.25, top: 0, width: 0.5, height: 1 } },
    ),
  };
  const io = ioOf(guided);
  const first = await runJob(job, engine, io);
  const again = jobFrom(JSON.parse(recipeText(job, first)));
  const second = await runJob(again, await narrowEngine(), io);
  expect(second.picture).toEqual(first.picture);
  expect(second.loss).toEqual(first.loss);
  expect(Object.keys(first.loss.terms)).toContain("style.conv1_1.2");
  await expect(runJob({ ...job, masks: [] }, engine, io)).rejects.toThrow("names mask 1 of its 0");
});

describe("A job is itself", () => {
  const options = { size: 32, scales: 1, iterations: 2 } as const;
  const job = jobOn(subject, options, engine);

  test("and takes no pictures of other files", async () => {
    const swapped = {
      read: async () => ({ ...pictures.photo, checksum: "another" }),
    };
    await expect(runJob(job, engine, swapped)).rejects.toThrow(
      'The picture that was given for "photo" is of another file',
    );
  });

  test("and runs on no engine that would give another picture", async () => {
    const more = { ...job, options: { ...job.options, threads: 7 } };
    await expect(run(more)).rejects.toThrow(/is for 7 threads of cpu, and here are 1 of cpu/);
    await expect(run({ ...job, device: "webgpu" })).rejects.toThrow(MisuseError);
  });

  test("and does not go on from the state of another", async () => {
    const states: RunState[] = [];
    await runJob(job, engine, ioOf(subject), {}, async (iterate) => states.push(await iterate.state()));
    for (const other of [{ pooling: "average" }, { seed: 3 }, { styleWeight: 2 }] as const) {
      const another = jobOn(subject, { ...options, ...other }, engine);
      const going = runJob(another, engine, ioOf(subject), { from: structuredClone(states[0]) });
      await expect(going).rejects.toThrow("that of another run");
    }
    const same = await runJob(job, engine, ioOf(subject), { from: states[0] });
    expect(same.evaluations).toBe(2);
  });

  test("and says where it was steered, and is then not made again", async () => {
    const steer = () => ({ strength: 0.9 });
    const result = await runJob(job, engine, ioOf(subject), { steer });
    expect(result.steered).toBe(true);
    const recipe: unknown = JSON.parse(recipeText(job, result));
    expect(() => jobFrom(recipe)).toThrow("was steered while it was made");
    const idle = await runJob(job, engine, ioOf(subject), { steer: () => ({}) });
    expect(idle.steered).toBe(false);
    expect(jobFrom(JSON.parse(recipeText(job, idle))).size).toEqual(job.size);
  });
});
