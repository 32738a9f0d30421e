/**
 * Jobs in a thread of their own: the built library's, for sources are not run in threads.
 */
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type * as Library from "../src/index.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const built: string = pathToFileURL(join(root, "dist", "index.js")).href;
const library: typeof Library = await import(built);

const OPTIONS = { network: "built-in", device: "cpu", threads: 1 } as const;
const file = (name: string): string => join(root, "examples", name);

let runner: Library.JobRunner;
let inputs: readonly [Library.InputPicture, Library.InputPicture];

beforeAll(async () => {
  runner = await library.openRunner(OPTIONS);
  inputs = [await library.readInput(file("cat.png")), await library.readInput(file("starry_night.jpg"))];
});
afterAll(() => runner.close());

/** The job of these options, and copies of its pictures. */
function jobWith(options: Library.OptionsInput) {
  const [content, style] = inputs;
  const named = { content: content.facts, styles: [{ ...style.facts, weight: 1 }] };
  const pictures = [content, style].map(({ picture }) => structuredClone(picture));
  const io: Library.JobIo = {
    async read() {
      const picture = pictures.shift();
      if (picture === undefined) throw new Error("There is no other picture.");
      return picture;
    },
  };
  return { job: library.jobOf(named, options, content.picture, runner.engine), io };
}

const SMALL = { size: 64, scales: 1, iterations: 6 } as const;

describe("A job in a thread of its own", () => {
  test("gives the picture and the losses that it gives in this one", async () => {
    const engine = await library.openEngine(OPTIONS);
    const here = jobWith(SMALL);
    const there = jobWith(SMALL);
    const losses: number[][] = [[], []];
    const one = await library.runJob(here.job, engine, here.io, {}, ({ loss }) => losses[0].push(loss.total));
    const other = await runner.run(there.job, there.io, {}, ({ loss }) => losses[1].push(loss.total));
    expect(other.picture).toEqual(one.picture);
    expect(losses[1]).toEqual(losses[0]);
    expect(losses[0]).toHaveLength(6);
    expect({ ...other, seconds: 0, secondsPerEvaluation: 0 }).toEqual({
      ...one,
      seconds: 0,
      secondsPerEvaluation: 0,
    });
  });

  test("leaves this thread free while it evaluates", async () => {
    const { job, io } = jobWith({ size: 384, scales: 1, iterations: 3 });
    let turns = 0;
    const turning = setInterval(() => {
      turns += 1;
    }, 1);
    const turnsBetween: number[] = [];
    await runner.run(job, io, {}, () => turnsBetween.push(turns));
    clearInterval(turning);
    const [, second = 0, third = 0] = turnsBetween.map((all, i) => all - (turnsBetween[i - 1] ?? 0));
    // In the thread that evaluates there would be none.
    expect(Math.min(second, third)).toBeGreaterThan(10);
  });

  test("gives pictures and states of the evaluation that they are asked of, and of no other", async () => {
    const { job, io } = jobWith(SMALL);
    const kept: Library.Iterate[] = [];
    const pictures: Library.Picture[] = [];
    let state: Awaited<ReturnType<Library.Iterate["state"]>> | undefined;
    const whole = await runner.run(job, io, {}, async (iterate) => {
      kept.push(iterate);
      pictures.push(await iterate.picture());
      if (iterate.evaluation === 3) state = await iterate.state();
    });
    expect(pictures).toHaveLength(6);
    expect(pictures[0].rgb).not.toEqual(pictures[5].rgb);
    await expect(kept[0].picture()).rejects.toThrow(library.MisuseError);
    await expect(kept[0].state()).rejects.toThrow("evaluation 1 is gone");
    const resumed = jobWith(SMALL);
    const result = await runner.run(resumed.job, resumed.io, { from: state });
    expect(result.picture).toEqual(whole.picture);
    expect(result.evaluations).toBe(6);
  });

  test("is stopped by its signal, with the best picture so far", async () => {
    const { job, io } = jobWith({ ...SMALL, iterations: 1000 });
    const controller = new AbortController();
    const result = await runner.run(job, io, { signal: controller.signal }, ({ evaluation }) => {
      if (evaluation === 4) controller.abort();
    });
    expect(result.stopped).toBe(true);
    expect(result.evaluations).toBeGreaterThanOrEqual(4);
    expect(result.evaluations).toBeLessThan(1000);
  });

  test("is steered while it runs", async () => {
    const { job, io } = jobWith({ ...SMALL, iterations: 12 });
    let steering: { strength: number } | undefined;
    const losses: number[] = [];
    await runner.run(job, io, { steer: () => steering }, ({ loss, evaluation }) => {
      losses.push(loss.total);
      if (evaluation === 6) steering = { strength: 0 };
    });
    // The content counts thirty times as much, so that the loss is higher than any that came before.
    expect(losses[6]).toBeGreaterThan(2 * losses[5]);
    expect(losses[11]).toBeLessThan(losses[6]);
  });

  test("waits for the one before it, and comes after one that failed", async () => {
    const order: string[] = [];
    const [first, broken, last] = [jobWith(SMALL), jobWith(SMALL), jobWith(SMALL)];
    const failing = { ...broken.job, network: { name: "another", checksum: "0" } };
    const runs = [
      runner.run(first.job, first.io, {}, () => order.push("first")),
      runner.run(failing, broken.io),
      runner.run(last.job, last.io, {}, () => order.push("last")),
    ];
    const ends = await Promise.allSettled(runs);
    expect(ends.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
    expect(order).toEqual([...Array(6).fill("first"), ...Array(6).fill("last")]);
  });

  test("fails with the error that it would fail with here", async () => {
    const { job, io } = jobWith(SMALL);
    const other = { ...job, network: { name: "another", checksum: "0" } };
    await expect(runner.run(other, io)).rejects.toThrow(library.MisuseError);
    const unreadable = { read: () => Promise.reject(new library.ImpastoError("It is not there.")) };
    await expect(runner.run(job, unreadable)).rejects.toThrow("It is not there.");
    const wild = jobWith({ ...SMALL, preset: "notebook", learningRate: 1e30, iterations: 20 });
    const failed = await runner.run(wild.job, wild.io).catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(library.DivergedError);
    expect(failed).toMatchObject({ best: { picture: { width: 64, height: 43 } } });
    const thrown = jobWith(SMALL);
    const run = runner.run(thrown.job, thrown.io, {}, () => {
      throw new Error("The listener failed.");
    });
    await expect(run).rejects.toThrow("The listener failed.");
    const again = jobWith(SMALL);
    expect((await runner.run(again.job, again.io)).evaluations).toBe(6);
  });

  test("leaves pictures where they were, so that the next job may have them, unless they are handed over", async () => {
    const { job } = jobWith(SMALL);
    const own = inputs.map(({ picture }) => structuredClone(picture));
    const io = (handsOver: boolean): Library.JobIo => {
      const pictures = [...own];
      return { handsOver, read: async () => pictures.shift() ?? own[0] };
    };
    const first = await runner.run(job, io(false));
    const second = await runner.run(job, io(true));
    expect(second.picture).toEqual(first.picture);
    // They are gone now, and that is said at once.
    await expect(runner.run(job, io(false))).rejects.toThrow(/handed over to another job/);
    const after = jobWith(SMALL);
    expect((await runner.run(after.job, after.io)).evaluations).toBe(6);
  });

  test("that cannot be passed on fails by itself, and holds up no other", async () => {
    const { job, io } = jobWith(SMALL);
    const unspeakable = { ...job, options: { ...job.options, extra: () => {} } };
    await expect(runner.run(unspeakable, io)).rejects.toThrow();
    const steered = jobWith(SMALL);
    const steer = () => ({ strength: 0.5, extra: () => {} });
    await expect(runner.run(steered.job, steered.io, { steer })).rejects.toThrow();
    const after = jobWith(SMALL);
    expect((await runner.run(after.job, after.io)).evaluations).toBe(6);
  });

  test("is refused where the engine cannot be opened, or is closed", async () => {
    const missing = library.openRunner({ ...OPTIONS, network: file("nothing.h5") });
    await expect(missing).rejects.toThrow(library.MisuseError);
    const closed = await library.openRunner(OPTIONS);
    await closed.close();
    const { job, io } = jobWith(SMALL);
    await expect(closed.run(job, io)).rejects.toThrow(library.ImpastoError);
  });
});
