import { describe, expect, test } from "vitest";
import { uniform } from "../../test/evaluate.ts";
import { colours, narrowEngine, narrowNetwork } from "../../test/narrow-engine.ts";
import { checksumOfBytes } from "../image/file.node.ts";
import type { Picture } from "../image/picture.ts";
import type { Size } from "../image/size.ts";
import { openRuntime } from "../runtime/onnxruntime.node.ts";
import { leastRegion } from "./blocks.ts";
import type { Engine } from "./engine.ts";
import type { Arrays } from "./named.ts";
import type { LossReport } from "./objective.ts";
import { type OptionsInput, PRESET_NAMES } from "./options.ts";
import type { RunControls, StylizeRequest } from "./run.ts";
import { PictureStatistics } from "./statistics.ts";
import { drain, stylize } from "./stylize.ts";

/** A picture of one value. */
const pictureOf = (value: number, width = 2, height = 1): Picture => ({
  width,
  height,
  rgb: new Float32Array(3 * width * height).fill(value),
});

/** Statistics, and how often they had something computed. Every answer takes 40 bytes. */
function watched(mostBytes: number) {
  const statistics = new PictureStatistics(mostBytes);
  let computed = 0;
  const ask = (picture: Picture, question: string): Promise<Arrays> =>
    statistics.remember(picture, question, async () => {
      computed += 1;
      return { mean: Float32Array.of(computed, 0), second: new Float32Array(8) };
    });
  return { statistics, ask, computed: () => computed };
}

describe("What is remembered of pictures", () => {
  test("is computed once for each question", async () => {
    const { ask, computed, statistics } = watched(1000);
    const picture = pictureOf(1);
    const [mean, power] = [await ask(picture, "mean"), await ask(picture, "power")];
    expect(await ask(picture, "mean")).toBe(mean);
    expect(await ask(picture, "power")).toBe(power);
    expect(power).not.toEqual(mean);
    expect(computed()).toBe(2);
    expect(statistics.bytes).toBe(80);
  });

  test("is that of what is in the picture, wherever it came from", async () => {
    const { ask, computed } = watched(1000);
    const clear = { ...pictureOf(1), alpha: Float32Array.of(1, 0) };
    const pictures = [pictureOf(1), pictureOf(2), pictureOf(1, 1, 2), pictureOf(1, 2, 2), clear];
    const answers: Arrays[] = [];
    for (const picture of pictures) answers.push(await ask(picture, "mean"));
    expect(new Set(answers).size).toBe(pictures.length);
    // Once more, decoded anew, and under another file's name.
    for (const [index, picture] of pictures.entries()) {
      const again = { ...structuredClone(picture), checksum: "another file" };
      expect(await ask(again, "mean")).toBe(answers[index]);
    }
    expect(computed()).toBe(pictures.length);
    // One value of one picture changed in its place, or two of them exchanged.
    const [picture] = pictures;
    picture.rgb[5] = 0.5;
    expect(answers).not.toContain(await ask(picture, "mean"));
    picture.rgb.reverse();
    await ask(picture, "mean");
    expect(computed()).toBe(pictures.length + 2);
  });

  test("never takes more than it may; what was asked for longest ago is forgotten first", async () => {
    const { ask, computed, statistics } = watched(100);
    const [one, other, third] = [1, 2, 3].map((value) => pictureOf(value));
    await ask(one, "mean");
    await ask(other, "mean");
    await ask(one, "mean");
    expect(computed()).toBe(2);
    // Not one but the other, for one was asked for after it.
    await ask(third, "mean");
    expect(statistics.bytes).toBe(80);
    await ask(one, "mean");
    expect(computed()).toBe(3);
    await ask(other, "mean");
    expect(computed()).toBe(4);
    expect(statistics.bytes).toBe(80);
  });

  test("is nothing where it would take more than it may", async () => {
    const { ask, computed, statistics } = watched(39);
    const picture = pictureOf(1);
    expect((await ask(picture, "mean")).mean[0]).toBe(1);
    expect((await ask(picture, "mean")).mean[0]).toBe(2);
    expect(computed()).toBe(2);
    expect(statistics.bytes).toBe(0);
  });

  test("is not what could not be computed", async () => {
    const { ask, statistics } = watched(1000);
    const failing = statistics.remember(pictureOf(1), "mean", () => Promise.reject(new Error("No")));
    await expect(failing).rejects.toThrow("No");
    expect(statistics.bytes).toBe(0);
    expect((await ask(pictureOf(1), "mean")).mean[0]).toBe(1);
  });
});

const engine = await narrowEngine();

const fromFile = (picture: Picture, checksum: string): Picture => ({ ...picture, checksum });
const photo = fromFile(colours(40, 30, 1), "photo");
const painting = fromFile(colours(36, 50, 2), "painting");
const other = fromFile(colours(50, 36, 3), "other");
const alpha = uniform([30, 40], 6).map((value) => Math.max(0, value));
const transparent = { ...fromFile(colours(40, 30, 4), "transparent"), alpha };
const wide = fromFile(colours(340, 120, 5), "wide");

/** A run: of what, in what style, how, and on what. */
interface Case {
  readonly content?: Picture;
  readonly styles?: readonly Picture[];
  readonly options?: OptionsInput;
  readonly engine?: Engine;
  readonly controls?: RunControls;
}

async function run(
  { content = photo, styles = [painting], options, engine: own = engine, controls = {} }: Case,
  statistics?: PictureStatistics,
): Promise<{ readonly rgb: string; readonly loss: LossReport }> {
  const request: StylizeRequest = {
    // As if they were decoded anew.
    content: structuredClone(content),
    styles: styles.map((picture, index) => ({ picture: structuredClone(picture), weight: index + 1 })),
    options: { preset: "impasto", size: 40, iterations: 2, init: "content", ...options },
  };
  const on = statistics === undefined ? own : { ...own, statistics };
  const { picture, loss } = await drain(stylize(request, on, controls));
  // Checksums are compared sooner than pixels.
  return { rgb: checksumOfBytes(new Uint8Array(picture.rgb.buffer)), loss };
}

describe("Runs that share what is known of pictures make what they make alone", () => {
  test.each(PRESET_NAMES)("where the photograph is its own painting, with the preset %s", async (preset) => {
    const statistics = new PictureStatistics(1e8);
    for (const picture of [photo, transparent]) {
      const own = { content: picture, styles: [picture], options: { preset, init: "noise" } };
      const alone = await run(own);
      expect(await run(own, statistics)).toEqual(alone);
      expect(await run(own, statistics)).toEqual(alone);
    }
    expect(statistics.bytes).toBeGreaterThan(0);
  });

  test("where they differ in anything that a picture is looked at with", async () => {
    // Programs are kept, for it is what is known of pictures that is in question, and each is run three times.
    const runtime = await openRuntime({ device: "cpu", threads: 1, keep: () => 1e9 });
    const keeping = { network: engine.network, runtime };
    const otherNetwork = { ...narrowNetwork(7), checksum: "another network" };
    const mostPixels = leastRegion(["conv5_1"]);
    const inBlocks = ({ width, height }: Size) => ({ plan: [{ width, height, iterations: 1, mostPixels }] });
    const cases: readonly Case[] = [
      {},
      { styles: [other] },
      { styles: [painting, other] },
      { styles: [other, painting] },
      { content: painting, styles: [photo] },
      { content: transparent },
      { styles: [transparent] },
      { options: { size: 32 } },
      { options: { styleScale: 0.5 } },
      { options: { pooling: "average" } },
      { options: { edges: "zero" } },
      { options: { styleMeasure: "gram" } },
      { options: { styleLayers: { conv2_2: 1 } } },
      { options: { contentLayers: { conv3_1: 1, conv4_2: 1 } } },
      { options: { styleWeight: 3, contentWeight: 0.1 } },
      { options: { smoothnessWeight: 0 } },
      { options: { preset: "gatys" } },
      { options: { preset: "notebook" } },
      // As the next, but on features that are normalised.
      { options: { preset: "notebook", smoothnessWeight: 1 } },
      { options: { preset: "neural-style" } },
      { options: { preset: "gatys", contentWeight: 0 } },
      { engine: { ...keeping, network: otherNetwork } },
      { content: wide, options: { size: 340, scales: 1, iterations: 1 } },
      { content: wide, options: { size: 340 }, controls: inBlocks(wide) },
      { styles: [wide], options: { styleScale: 9, iterations: 1 } },
      { styles: [wide], options: { styleScale: 9 }, controls: inBlocks(photo) },
    ];
    const statistics = new PictureStatistics(1e8);
    const alone: Awaited<ReturnType<typeof run>>[] = [];
    for (const one of cases) alone.push(await run({ engine: keeping, ...one }));
    // Twice, so that each also comes after all of the others.
    for (const round of [1, 2]) {
      for (const [index, one] of cases.entries()) {
        expect(await run({ engine: keeping, ...one }, statistics), `case ${index} in round ${round}`).toEqual(
          alone[index],
        );
      }
    }
    // They are all different, or some of them would say nothing.
    expect(new Set(alone.map(({ loss }) => JSON.stringify(loss))).size).toBe(cases.length);
    await runtime.release();
  });

  test("and look at each picture once", async () => {
    const statistics = new PictureStatistics(1e8);
    const compiled: number[] = [];
    for (const strength of [0.2, 0.5, 0.8]) {
      const before = engine.compiled();
      await run({ options: { strength } }, statistics);
      compiled.push(engine.compiled() - before);
    }
    const bytes = statistics.bytes;
    await run({ options: { strength: 0.4 } }, statistics);
    expect(statistics.bytes).toBe(bytes);
    // What looks at the photograph, measures its power, and looks at the painting.
    expect(compiled).toEqual([compiled[0], compiled[0] - 3, compiled[0] - 3]);
    expect(engine.open()).toBe(0);
  });

  test("also where next to nothing is remembered", async () => {
    const statistics = new PictureStatistics(5000);
    for (let round = 0; round < 2; round++) {
      for (const styles of [[painting], [other]]) {
        expect(await run({ styles }, statistics)).toEqual(await run({ styles }));
        expect(statistics.bytes).toBeLessThanOrEqual(5000);
      }
    }
  });
});
