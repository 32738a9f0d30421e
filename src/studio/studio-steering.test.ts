import { afterAll, describe, expect, test } from "vitest";
import {
  blackFile,
  builtIn,
  OPTIONS,
  openStudio,
  paint,
  pictureFile,
  recipeIn,
  requestOn,
  type Setting,
  sumOf,
  until,
} from "../../test/studio.ts";
import { MisuseError } from "../errors.ts";
import { required } from "../required.ts";
import { DeviceError } from "../transfer/unfinished.ts";
import type { Run, StudioEvent } from "./engine.ts";

const engine = await builtIn();
afterAll(() => engine.close?.());

const open = (setting: Setting = {}) => openStudio(engine, setting);

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
