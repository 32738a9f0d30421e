import { afterAll, describe, expect, test } from "vitest";
import {
  builtIn,
  newestBytes,
  openStudio,
  pictureFile,
  requestOn,
  type Setting,
  until,
} from "../../test/studio.ts";
import { MisuseError } from "../errors.ts";
import { checksumOfBytes } from "../image/file.node.ts";
import { required } from "../required.ts";
import { MemoryError } from "../transfer/memory-error.ts";
import { DeviceError } from "../transfer/unfinished.ts";
import type { Run, StudioEvent } from "./engine.ts";
import type { Studio } from "./studio.ts";

const engine = await builtIn();
afterAll(() => engine.close?.());

const open = (setting: Setting = {}) => openStudio(engine, setting);

const OPTIONS = { size: 32, iterations: 12, scales: 1, styleMeasure: "gram" } as const;

/** Paints to the end. */
async function paint(studio: Studio, options: Parameters<typeof requestOn>[1] = OPTIONS): Promise<Run> {
  const { id } = await studio.begin(await requestOn(studio, options));
  return until(studio, id, "finished");
}

/** Stops after so many evaluations. */
const stopAfter = (evaluation: number, once = { done: false }): Required<Pick<Setting, "between">> => ({
  between(iterate, studio) {
    if (iterate.evaluation !== evaluation || once.done) return;
    once.done = true;
    void studio.runs().then((runs) => Promise.all(runs.map(({ id }) => studio.stop(id))));
  },
});

const sumOf = async (studio: Studio, run: Run): Promise<string> =>
  checksumOfBytes(await newestBytes(studio, run));

/** The recipe in a run's newest picture, as a page reads it back. */
async function recipeIn(studio: Studio, run: Run): Promise<unknown> {
  const bytes = await newestBytes(studio, run);
  return (await studio.addPicture(new Blob([new Uint8Array(bytes)]), "result.png")).recipe;
}

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

describe("Stopped and gone on with", () => {
  test("a run comes to the bytes that it would have come to", async () => {
    const whole = await open();
    const expected = await sumOf(whole.studio, await paint(whole.studio));
    const { studio } = await open(stopAfter(5));
    const { id } = await studio.begin(await requestOn(studio, OPTIONS));
    const stopped = await until(studio, id, "stopped");
    // The one after the wish: within one evaluation.
    expect(stopped.versions).toMatchObject([{ why: "stopped", evaluations: 6, resumable: true }]);
    expect(stopped.resumable).toBe(true);
    await studio.resume(id);
    const run = await until(studio, id, "finished");
    expect(run.versions.map(({ why }) => why)).toEqual(["stopped", "finished"]);
    expect(await sumOf(studio, run)).toBe(expected);
    expect((await studio.losses(id)).map(({ evaluations }) => evaluations)).toEqual(
      Array.from({ length: 12 }, (_, i) => i + 1),
    );
  });

  test("at several sizes as well, and from a version", async () => {
    const options = { size: 48, iterations: 4, preset: "impasto", scales: 2 } as const;
    const whole = await open();
    const expected = await sumOf(whole.studio, await paint(whole.studio, options));
    const { studio } = await open(stopAfter(2));
    const { id } = await studio.begin(await requestOn(studio, options));
    const stopped = await until(studio, id, "stopped");
    await studio.resume(id);
    expect(await sumOf(studio, await until(studio, id, "finished"))).toBe(expected);
    await studio.resume(id, required(stopped.versions[0], "version").id);
    const again = await until(studio, id, "finished");
    expect(again.versions).toHaveLength(3);
    expect(await sumOf(studio, again)).toBe(expected);
  });

  test("before its first evaluation, it begins from the beginning", async () => {
    const { studio } = await open();
    const first = await studio.begin(await requestOn(studio, OPTIONS));
    const second = await studio.begin(await requestOn(studio, OPTIONS));
    expect((await studio.stop(second.id)).status).toBe("stopped");
    const stopped = await studio.stop(first.id);
    expect(stopped).toMatchObject({ status: "stopped", resumable: true });
    await studio.resume(second.id);
    expect((await until(studio, second.id, "finished")).status).toBe("finished");
  });
});

describe("A studio that is killed", () => {
  test("offers its run for going on, with a version, and that comes to the same bytes", async () => {
    const whole = await open();
    const expected = await sumOf(whole.studio, await paint(whole.studio));
    const entries = new Map<string, Uint8Array>();
    let killed: Map<string, Uint8Array> | undefined;
    const { studio } = await open({
      entries,
      betweenStates: 0,
      async between({ evaluation }) {
        // What is written beside the run is on its way.
        await new Promise((resolve) => setTimeout(resolve, 5));
        if (evaluation === 7) killed = new Map(entries);
      },
    });
    const { id } = await studio.begin(await requestOn(studio, OPTIONS));
    const waiting = await studio.begin(await requestOn(studio, OPTIONS));
    await until(studio, id, "finished");
    await studio.close();
    const left = required(killed, "store");
    left.set("pictures/half", new Uint8Array(3));
    left.set("runs/gone/state", new Uint8Array(3));
    const after = await open({ entries: left });
    const runs = await after.studio.runs();
    expect(runs.map(({ status, resumable }) => [status, resumable])).toEqual([
      ["stopped", true],
      ["stopped", true],
    ]);
    expect(after.opened).toEqual([]);
    expect(runs[0]?.versions).toMatchObject([{ why: "stopped", width: 32 }]);
    expect(runs[0]?.versions[0]?.evaluations).toBeGreaterThan(4);
    expect(left.has("pictures/half")).toBe(false);
    expect(left.has("runs/gone/state")).toBe(false);
    for (const run of [id, waiting.id]) {
      await after.studio.resume(run);
      expect(await sumOf(after.studio, await until(after.studio, run, "finished"))).toBe(expected);
    }
  });

  test("in the midst of writing a picture leaves none of it, at any moment", async () => {
    const kept: Map<string, Uint8Array>[] = [];
    const entries = new Map<string, Uint8Array>();
    const watched = new Proxy(entries, {
      get(map, name) {
        const value: unknown = Reflect.get(map, name);
        if (typeof value !== "function") return value;
        return (...words: unknown[]) => {
          const result: unknown = Reflect.apply(value, map, words);
          if (name === "set" || name === "delete") kept.push(new Map(map));
          return result;
        };
      },
    });
    const { studio } = await open({ entries: watched, betweenStates: 0 });
    const options = { ...OPTIONS, iterations: 3 };
    const run = await paint(studio, options);
    const expected = await sumOf(studio, run);
    for (const left of kept) {
      const { studio: after } = await open({ entries: left });
      const [found] = await after.runs();
      if (found === undefined) continue;
      const files = found.versions.map(({ file }) => `results/${file}`);
      expect([...left.keys()].filter((name) => name.startsWith("results/"))).toEqual(files);
      if (found.status === "finished") continue;
      await after.resume(found.id);
      expect(await sumOf(after, await until(after, found.id, "finished"))).toBe(expected);
    }
    expect(kept.length).toBeGreaterThan(8);
  });

  test("that is closed instead keeps what it was at, and those that waited", async () => {
    const entries = new Map<string, Uint8Array>();
    const { studio, open: stillOpen } = await open({
      entries,
      between: ({ evaluation }) => both && evaluation >= 4 && void studio.close(),
    });
    let both = false;
    const endless = await requestOn(studio, { ...OPTIONS, iterations: 1000 });
    const { id } = await studio.begin(endless);
    await studio.begin(endless);
    both = true;
    await until(studio, id, "stopped");
    await studio.close();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(stillOpen()).toBe(0);
    await expect(studio.begin(await requestOn((await open()).studio, OPTIONS))).rejects.toThrow("closed");
    const after = await open({ entries });
    expect(await after.studio.runs()).toMatchObject([
      { status: "stopped", versions: [{ evaluations: expect.any(Number) }] },
      { status: "stopped", versions: [] },
    ]);
  });
});

describe("A run that is steered", () => {
  test("keeps a version first, and its loss follows from the next evaluation on", async () => {
    const asked: Promise<Run>[] = [];
    const { studio } = await open({
      between({ evaluation }, at) {
        if (evaluation === 4) asked.push(at.steer(id, { strength: 0 }));
      },
    });
    const { id } = await studio.begin(await requestOn(studio, OPTIONS));
    const run = await until(studio, id, "finished");
    expect((await asked[0])?.steering).toEqual({ strength: 0 });
    expect(run.versions).toMatchObject([
      { why: "steered", evaluations: 5, resumable: true },
      { why: "finished", steering: { strength: 0 } },
    ]);
    expect(run.versions[0]?.steering).toBeUndefined();
    const losses = (await studio.losses(id)).map(({ loss }) => loss.total);
    expect(losses[5]).toBeGreaterThan(2 * required(losses[4], "loss"));
    expect(await recipeIn(studio, run)).toMatchObject({ steered: true });
  });

  test("by fifty steps of a slider is steered once", async () => {
    const asked: Promise<Run>[] = [];
    const { studio } = await open({
      between({ evaluation }, at) {
        if (evaluation !== 4) return;
        for (let step = 1; step <= 50; step++) asked.push(at.steer(id, { strength: step / 50 }));
        asked.push(at.steer(id, { smoothnessWeight: 0 }));
      },
    });
    const { id } = await studio.begin(await requestOn(studio, OPTIONS));
    const run = await until(studio, id, "finished");
    await Promise.all(asked);
    expect(run.versions.map(({ why }) => why)).toEqual(["steered", "finished"]);
    expect(run.steering).toEqual({ strength: 1, smoothnessWeight: 0 });
  });

  test("wrongly hears why, and goes on as it was", async () => {
    const whole = await open();
    const expected = await sumOf(whole.studio, await paint(whole.studio));
    const wrong: readonly (readonly [steering: object, message: RegExp])[] = [
      [{ styleWeight: -1 }, /styleWeight/],
      [{ strength: 0.5, styleWeight: 1 }, /strength stands for/],
      [{ blend: [1, 2] }, /Expected 1 weights for blend/],
      [{ contentWeight: 0, styleWeight: 0 }, /both be 0/],
      [{ contentLayers: { conv3_1: 1 } }, /counted nothing when the run began/],
      [{ iterations: 3 }, /There is no option iterations/],
    ];
    const asked: Promise<unknown>[] = [];
    const { studio } = await open({
      between({ evaluation }, at) {
        if (evaluation !== 4) return;
        for (const [steering, message] of wrong)
          asked.push(expect(at.steer(id, steering)).rejects.toThrow(message));
      },
    });
    const { id } = await studio.begin(await requestOn(studio, OPTIONS));
    const run = await until(studio, id, "finished");
    await Promise.all(asked);
    expect(asked).toHaveLength(wrong.length);
    expect(run.versions).toHaveLength(1);
    expect(await sumOf(studio, run)).toBe(expected);
    await expect(studio.steer(id, { strength: 1 })).rejects.toThrow("come to its end");
  });

  test("stopped and gone on with comes to the same bytes as one that was not stopped", async () => {
    const steerAt =
      (stop: boolean): Required<Pick<Setting, "between">>["between"] =>
      async ({ evaluation }, at) => {
        const [{ id, versions }] = await at.runs();
        if (evaluation === 3 && versions.length === 0) void at.steer(id, { strength: 0.9 });
        if (evaluation === 7 && stop && versions.length === 1) void at.stop(id);
      };
    const sums: string[] = [];
    for (const stop of [false, true]) {
      const { studio } = await open({ between: steerAt(stop) });
      const { id } = await studio.begin(await requestOn(studio, OPTIONS));
      const run = await until(studio, id, "finished", "stopped");
      expect(run.status).toBe(stop ? "stopped" : "finished");
      if (stop) await studio.resume(id);
      sums.push(await sumOf(studio, await until(studio, id, "finished")));
    }
    expect(sums[1]).toBe(sums[0]);
  });

  test("is kept as it is where that is asked for", async () => {
    const { studio } = await open({
      between: ({ evaluation }, at) => evaluation === 3 && void at.keep(id),
    });
    const { id } = await studio.begin(await requestOn(studio, OPTIONS));
    const run = await until(studio, id, "finished");
    expect(run.versions).toMatchObject([{ why: "saved", evaluations: 4 }, { why: "finished" }]);
  });
});

describe("Several runs", () => {
  test("are painted in their order, on an engine that stays open, and one that fails holds no other", async () => {
    const { studio, opened, open: stillOpen } = await open();
    const request = await requestOn(studio, OPTIONS);
    const black = await studio.addPicture(await blackFile(), "black.png");
    const runs = await Promise.all([
      studio.begin(request),
      studio.begin({ ...request, keep: black.id }),
      studio.begin({ ...request, options: { ...OPTIONS, seed: 2 } }),
    ]);
    const order: string[] = [];
    studio.watch((event) => {
      if (event.kind !== "run" || !["finished", "failed"].includes(event.run.status)) return;
      if (!order.includes(event.run.id)) order.push(event.run.id);
    });
    const ended = await Promise.all(runs.map(({ id }) => until(studio, id, "finished")));
    expect(ended.map(({ status }) => status)).toEqual(["finished", "failed", "finished"]);
    expect(ended[1]?.failure?.message).toMatch(/"black.png" is black everywhere/);
    expect(ended[1]?.resumable).toBe(false);
    expect(order).toEqual(runs.map(({ id }) => id));
    expect(opened).toEqual(["built-in"]);
    expect(stillOpen()).toBe(1);
    await studio.close();
    expect(stillOpen()).toBe(0);
  });

  test("wait a hundred at a time, and no more", async () => {
    let go = (): void => {};
    const gate = new Promise<void>((resolve) => {
      go = resolve;
    });
    const { studio } = await open({ between: () => gate });
    const request = await requestOn(studio, OPTIONS);
    const first = await studio.begin(request);
    await until(studio, first.id, "running");
    const others = await Promise.all(Array.from({ length: 100 }, () => studio.begin(request)));
    await expect(studio.begin(request)).rejects.toThrow("100 runs wait already");
    await studio.discard(required(others[0], "run").id);
    await studio.begin(request);
    expect(await studio.runs()).toHaveLength(101);
    const closing = studio.close();
    go();
    await closing;
    expect((await studio.runs()).map(({ status }) => status)).toEqual(Array(101).fill("stopped"));
  });

  test("that lose their device keep the best picture, and the next one opens it anew", async () => {
    let lost = false;
    const { studio, opened } = await open({
      between({ evaluation }) {
        if (evaluation !== 3 || lost) return;
        lost = true;
        const picture = { width: 2, height: 2, rgb: new Float32Array(12) };
        const loss = { total: 1, terms: {} };
        const plan = [{ width: 32, height: 24, iterations: 12 }];
        const times = { seconds: 1, secondsPerEvaluation: 1 };
        const best = { picture, loss, plan, ...times, evaluations: 3, steered: false, stopped: true };
        throw new DeviceError("webgpu", "lost", best);
      },
    });
    const failed = await paint(studio);
    expect(failed).toMatchObject({
      status: "failed",
      failure: { lacks: "device" },
      versions: [{ why: "stopped" }],
    });
    expect(failed.resumable).toBe(true);
    expect((await paint(studio)).status).toBe("finished");
    expect(opened).toEqual(["built-in", "built-in"]);
  });
});

describe("Versions", () => {
  test("can be starred, removed and had again; what is discarded goes but for those with a star", async () => {
    const { studio, entries } = await open({
      between: ({ evaluation }, at) => evaluation === 3 && void at.keep(id),
    });
    const { id } = await studio.begin(await requestOn(studio, OPTIONS));
    const run = await until(studio, id, "finished");
    const [saved, finished] = run.versions.map((version) => version.id);
    await studio.star(id, required(saved, "version"), true);
    expect((await studio.remove(id, required(finished, "version"), true)).versions[1]?.removed).toBe(true);
    expect((await studio.remove(id, required(finished, "version"), false)).versions[1]?.removed).toBe(false);
    await studio.discard(id);
    expect(await studio.runs()).toMatchObject([
      { id, resumable: false, versions: [{ why: "saved", starred: true }] },
    ]);
    expect([...entries.keys()].filter((name) => name.startsWith("results/"))).toHaveLength(1);
    await studio.star(id, required(saved, "version"), false);
    await studio.discard(id);
    expect(await studio.runs()).toEqual([]);
    expect([...entries.keys()].filter((name) => !name.startsWith("pictures/"))).toEqual(["pace.json"]);
  });

  test("that were removed are gone once the studio has ended", async () => {
    const { studio, entries } = await open();
    const run = await paint(studio);
    await studio.remove(run.id, required(run.versions[0], "version").id, true);
    await studio.close();
    expect([...entries.keys()].filter((name) => name.startsWith("results/"))).toEqual([]);
    expect(await (await open({ entries })).studio.runs()).toMatchObject([{ versions: [] }]);
  });

  test("of a run that is discarded while it is at work are not kept", async () => {
    const { studio, entries } = await open({
      async between({ evaluation }, at) {
        const [run] = await at.runs();
        if (evaluation === 3 && run.id === id) void at.discard(id);
      },
    });
    const { id } = await studio.begin(await requestOn(studio, OPTIONS));
    await new Promise<void>((resolve) => {
      studio.watch((event) => event.kind === "discarded" && resolve());
    });
    await new Promise((resolve) => setTimeout(resolve, 10));
    expect([...entries.keys()].filter((name) => !/^(pictures|pace)/.test(name))).toEqual([]);
    expect((await paint(studio)).status).toBe("finished");
  });
});

describe("Of several pages", () => {
  test("the first steers, and all others look until they take over", async () => {
    const { studio } = await open();
    const [one, other] = [studio.connect("one"), studio.connect("other")];
    const events: StudioEvent[] = [];
    other.watch((event) => events.push(event));
    const request = await requestOn(studio, OPTIONS);
    await expect(other.begin(request)).rejects.toThrow("Another page steers");
    await expect(other.addPicture(await pictureFile(20, 20, 1), "it.png")).rejects.toThrow(MisuseError);
    const { id } = await one.begin(request);
    await until(studio, id, "finished");
    expect(await other.runs()).toHaveLength(1);
    expect((await other.estimate(request)).width).toBe(32);
    await other.takeOver();
    await expect(one.discard(id)).rejects.toThrow("Another page steers");
    await other.discard(id);
    expect(events[0]).toMatchObject({ kind: "all", steering: "one" });
    expect(events).toContainEqual({ kind: "steering", client: "other" });
  });

  test("the next steers once the one that did has left", async () => {
    const { studio } = await open();
    const [one, other] = [studio.connect("one"), studio.connect("other")];
    const left = one.watch(() => {});
    left();
    await other.addPicture(await pictureFile(20, 20, 1), "it.png");
    await expect(one.addPicture(await pictureFile(20, 20, 1), "it.png")).rejects.toThrow(
      "Another page steers",
    );
  });
});

/** A mask that says nothing. */
async function blackFile(): Promise<Blob> {
  const { encodePicture } = await import("../image/encode.node.ts");
  const black = { width: 16, height: 16, rgb: new Float32Array(3 * 256) };
  return new Blob([new Uint8Array(await encodePicture(black, "png"))]);
}
