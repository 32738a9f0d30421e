import { afterAll, describe, expect, test } from "vitest";
import {
  builtIn,
  OPTIONS,
  openStudio,
  paint,
  pictureFile,
  recipeIn,
  requestOn,
  type Setting,
  until,
} from "../../test/studio.ts";
import { MisuseError } from "../errors.ts";
import { checksumOfBytes } from "../image/file.node.ts";
import { required } from "../required.ts";
import { MemoryError } from "../transfer/memory-error.ts";
import type { StudioEvent } from "./engine.ts";

const engine = await builtIn();
afterAll(() => engine.close?.());

const open = (setting: Setting = {}) => openStudio(engine, setting);

describe("A picture that is given", () => {
  test("is kept by its checksum, once, and can be looked at", async () => {
    const { studio, entries } = await open();
    const file = await pictureFile(60, 40, 3);
    const stored = await studio.addPicture(file, "../folder/cat.png");
    expect(stored).toMatchObject({ name: "cat.png", width: 60, height: 40, notes: [] });
    expect(stored.id).toBe(checksumOfBytes(new Uint8Array(await file.arrayBuffer())));
    await studio.addPicture(file, "cat again.png");
    expect([...entries.keys()].filter((name) => name.startsWith("pictures/"))).toHaveLength(2);
    const small = await studio.addPicture(await studio.picture(stored.id, 30), "small.png");
    expect(small).toMatchObject({ width: 30, height: 20 });
  });

  test("and is none is refused with a sentence, and nothing of it is kept", async () => {
    const { studio, entries } = await open();
    const large = new Blob([new Uint8Array(64 * 2 ** 20 + 1)]);
    for (const [file, message] of [
      [new Blob(["no picture"]), /"it.png"/],
      [new Blob([]), /empty/],
      [large, /64 at most/],
    ] as const) {
      await expect(studio.addPicture(file, "it.png")).rejects.toThrow(message);
    }
    expect(entries.size).toBe(0);
  });
});

describe("A run", () => {
  test("goes from waiting to finished, and its picture is in the store before that is said", async () => {
    const { studio, entries } = await open();
    const statuses: string[] = [];
    let there: boolean | undefined;
    studio.watch((event) => {
      if (event.kind !== "run") return;
      if (statuses.at(-1) !== event.run.status) statuses.push(event.run.status);
      if (event.run.status === "finished") there ??= entries.has(`results/${event.run.versions[0]?.file}`);
    });
    const run = await paint(studio);
    expect(statuses).toEqual(["waiting", "preparing", "running", "finished"]);
    expect(there).toBe(true);
    expect(run.versions).toMatchObject([
      { why: "finished", width: 32, height: 24, evaluations: 12, file: "cat-starry-night.png" },
    ]);
    expect(run.progress).toMatchObject({ done: 1, evaluation: 12, evaluations: 12 });
    expect(await recipeIn(studio, run)).toMatchObject({
      software: "impasto test",
      stopped: false,
      evaluations: 12,
    });
    const losses = await studio.losses(run.id);
    expect(losses.map(({ evaluations }) => evaluations)).toEqual(Array.from({ length: 12 }, (_, i) => i + 1));
    expect(required(losses.at(-1), "loss").loss.total).toBeLessThan(required(losses[0], "loss").loss.total);
    expect([...entries.keys()].filter((name) => name.endsWith("state"))).toEqual([]);
  });

  test("tells seldom how far it is, and shows previews to those who watch", async () => {
    const { studio } = await open();
    const unwatched = await studio.begin(await requestOn(studio, OPTIONS));
    await studio.stop((await studio.begin(await requestOn(studio, OPTIONS))).id);
    let events: StudioEvent[] = [];
    const end = studio.watch((event) => events.push(event));
    const run = await paint(studio, { ...OPTIONS, iterations: 60 });
    end();
    expect(events.filter((event) => event.kind === "run" && event.run.id === run.id).length).toBeLessThan(60);
    expect((await studio.addPicture(await studio.preview(run.id), "preview.png")).width).toBe(32);
    expect((await studio.addPicture(await studio.preview(unwatched.id), "preview.png")).width).toBe(32);
    events = [];
    await paint(studio);
    expect(events).toEqual([]);
  });

  test("is not held up by a listener that throws, and none is told after it has left", async () => {
    const { studio } = await open();
    studio.watch(() => {
      throw new Error("mine");
    });
    expect((await paint(studio)).status).toBe("finished");
  });

  test("never writes over another picture", async () => {
    const { studio, entries } = await open();
    entries.set("results/CAT-starry-night.png", new Uint8Array());
    const runs = [await paint(studio), await paint(studio)];
    expect(runs.map(({ versions }) => versions[0]?.file)).toEqual([
      "cat-starry-night-2.png",
      "cat-starry-night-3.png",
    ]);
  });

  test("with masks, a part of a painting, and what is kept comes to its end", async () => {
    const { studio } = await open();
    const mask = await studio.addPicture(await pictureFile(24, 24, 7), "mask.png");
    const request = await requestOn(studio, OPTIONS);
    const [style] = request.styles;
    const crop = { left: 0, top: 0, width: 0.5, height: 0.5 };
    const styles = [
      { id: style.id, weight: 1, mask: mask.id, crop },
      { id: request.content, weight: 0 },
    ];
    const { id } = await studio.begin({ ...request, styles, keep: mask.id, initial: style.id });
    const run = await until(studio, id, "finished");
    expect(run.failure).toBeUndefined();
    expect(await recipeIn(studio, run)).toMatchObject({
      masks: [{ name: "mask.png" }],
      keep: { name: "mask.png" },
    });
  });
});

describe("What makes no sense", () => {
  test("is refused before anything is done, with a sentence", async () => {
    const { studio } = await open();
    const request = await requestOn(studio, OPTIONS);
    const unknown = "0".repeat(64);
    for (const [asked, message] of [
      [{ ...request, options: { size: 128_000 } }, /size/],
      [{ ...request, options: { ...OPTIONS, strength: 0.5, styleWeight: 1 } }, /strength stands for/],
      [{ ...request, content: unknown }, /There is no picture 00000000/],
      [{ ...request, styles: [{ id: request.content, weight: 0 }] }, /sum to 0/],
    ] as const) {
      await expect(studio.begin(asked)).rejects.toThrow(message);
      await expect(studio.begin(asked)).rejects.toThrow(MisuseError);
      await expect(studio.estimate(asked)).rejects.toThrow(message);
    }
    // As somebody may send it who is no page.
    const file: object = { ...request.options, init: "/etc/passwd" };
    await expect(studio.begin({ ...request, options: file })).rejects.toThrow(
      /for init but received "\/etc\/passwd"/,
    );
    const threads: object = { ...request.options, threads: 64 };
    await expect(studio.begin({ ...request, options: threads })).rejects.toThrow(/threads cannot be asked/);
    expect(await studio.runs()).toEqual([]);
  });

  test("as a size for which there is too little memory, says what there is enough for", async () => {
    const { studio } = await open({ engine: { memory: 400e6 } });
    const request = await requestOn(studio, { ...OPTIONS, size: 8000 });
    const refused: unknown = await studio.begin(request).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(MemoryError);
    const { failure, memory } = await studio.estimate(request);
    expect(failure?.lacks).toBe("memory");
    expect(memory).toBeGreaterThan(400e6);
    const longest = failure?.longestSide ?? 0;
    expect(longest).toBeGreaterThan(16);
    const fits = await studio.estimate({ ...request, options: { ...OPTIONS, size: longest } });
    expect(fits.failure).toBeUndefined();
    expect(fits.memory).toBeLessThanOrEqual(400e6);
    const larger = await studio.estimate({ ...request, options: { ...OPTIONS, size: longest + 1 } });
    expect(larger.failure?.longestSide).toBe(longest);
  });
});

describe("An estimate", () => {
  test("knows the seconds once something was painted", async () => {
    const { studio, entries } = await open();
    const request = await requestOn(studio, OPTIONS);
    const before = await studio.estimate(request);
    expect(before).toMatchObject({ width: 32, height: 24, blocks: false });
    expect(before.seconds).toBeUndefined();
    await paint(studio);
    const { seconds = 0 } = await studio.estimate(request);
    expect(seconds).toBeGreaterThan(0);
    const twice = await studio.estimate({ ...request, options: { ...OPTIONS, iterations: 28 } });
    expect(required(twice.seconds, "seconds") / seconds).toBeCloseTo(2, 5);
    const { studio: later } = await open({ entries });
    expect((await later.estimate(request)).seconds).toBeCloseTo(seconds, 5);
  });
});
