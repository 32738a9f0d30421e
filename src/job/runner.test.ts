import { describe, expect, test } from "vitest";
import { onCpu } from "../../test/evaluate.ts";
import { colours, narrowEngine } from "../../test/narrow-engine.ts";
import { fingerprint } from "../graph/fingerprint.ts";
import type { Picture } from "../image/picture.ts";
import { keepingPrograms } from "../runtime/kept-programs.ts";
import { PictureStatistics } from "../transfer/statistics.ts";
import { jobOf } from "./recipe.ts";
import { runHere } from "./runner.ts";

const OPTIONS = { size: 32, scales: 1, iterations: 3 } as const;

const file = (name: string, picture: Picture) => ({
  picture: { ...picture, checksum: name },
  facts: { name, checksum: name },
});

const photo = file("photo.png", colours(40, 32, 1));
const paintings = [2, 3, 4].map((seed) => file(`painting-${seed}.png`, colours(36, 36, seed)));

/** An engine that keeps what it makes, in so many bytes, and counts programs. */
async function keepingEngine(bytes: number) {
  const engine = await narrowEngine();
  const arrays: Float32Array[] = [];
  const numberOf = (values: Float32Array): number => {
    if (!arrays.includes(values)) arrays.push(values);
    return arrays.indexOf(values);
  };
  const target = onCpu().capabilities;
  const keyOf = (outputs: Parameters<typeof fingerprint>[0]): string =>
    fingerprint(outputs, target, numberOf);
  const runtime = keepingPrograms(engine.runtime, keyOf, bytes);
  return { ...engine, runtime, statistics: new PictureStatistics(bytes) };
}

/** The photograph in a painting at a strength: the losses, and the picture. */
async function cell(runner: ReturnType<typeof runHere>, painting: typeof photo, strength: number) {
  const named = { content: photo.facts, styles: [{ ...painting.facts, weight: 1 }] };
  const job = jobOf(named, { ...OPTIONS, strength }, photo.picture, runner.engine);
  const pictures = [photo, painting].map(({ picture }) => structuredClone(picture));
  return runner.run(job, { read: async () => pictures.shift() ?? photo.picture });
}

describe("Jobs that follow each other", () => {
  test("compile each size once, and look at each picture once", async () => {
    const engine = await keepingEngine(1e9);
    const runner = runHere(engine);
    const compiled: number[] = [];
    for (const painting of paintings) {
      for (const strength of [0.2, 0.5, 0.8]) {
        await cell(runner, painting, strength);
        compiled.push(engine.compiled());
      }
    }
    // The paintings are of one size.
    expect(new Set(compiled).size).toBe(1);
    expect(compiled[0]).toBeLessThan(8);
    await engine.runtime.release();
    expect(engine.open()).toBe(0);
  });

  test("give what they give alone", async () => {
    const kept = runHere(await keepingEngine(1e9));
    for (const painting of paintings) {
      for (const strength of [0.3, 0.9]) {
        const alone = await cell(runHere(await narrowEngine()), painting, strength);
        const among = await cell(kept, painting, strength);
        expect(among.picture.rgb).toEqual(alone.picture.rgb);
        expect(among.loss).toEqual(alone.loss);
      }
    }
  });

  test("hold no more than they may", async () => {
    const engine = await keepingEngine(50_000);
    const runner = runHere(engine);
    for (const painting of paintings) await cell(runner, painting, 0.5);
    expect(engine.statistics.bytes).toBeLessThanOrEqual(50_000);
    const open = engine.open();
    for (const painting of paintings) await cell(runner, painting, 0.5);
    expect(engine.open()).toBe(open);
  });
});
