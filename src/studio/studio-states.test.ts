import { afterAll, describe, expect, test } from "vitest";
import {
  builtIn,
  OPTIONS,
  openStudio,
  paint,
  requestOn,
  type Setting,
  stopAfter,
  sumOf,
  until,
} from "../../test/studio.ts";
import { required } from "../required.ts";

const engine = await builtIn();
afterAll(() => engine.close?.());

const open = (setting: Setting = {}) => openStudio(engine, setting);

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
