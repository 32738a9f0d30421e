/**
 * A queue of pictures, with Debian's Redis: whatever is killed, stopped or restarted meanwhile, each picture comes to the
 * bytes that it has without a queue, once; what cannot be made says why, and is in nobody's way.
 */
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { readSoftware } from "../src/cli/version.ts";
import { type JobRunner, runHere } from "../src/job/runner.ts";
import type { WorkerEvent } from "../src/queue/events.ts";
import { openStorage } from "../src/queue/open-storage.ts";
import { openQueue, type PictureQueue } from "../src/queue/queue.ts";
import { readAddress } from "../src/queue/redis.ts";
import { type WorkerSettings, work } from "../src/queue/worker.ts";
import { openEngine } from "../src/transfer/engine.node.ts";
import { bytesIn, makeFolders } from "./cli-folders.ts";
import { hasRedis, type Redis, startRedis } from "./redis.ts";
import { startS3 } from "./s3-server.ts";

const { folder, run, start, remove } = makeFolders();
afterAll(remove);

const SMALL = ["--size", "32", "--network", "built-in", "--threads", "1"];
const FEW = [...SMALL, "--iterations", "3"];
const MANY = [...SMALL, "--iterations", "60"];
/** How long something may take that happens soon, on a machine with much to do. */
const SOON = { timeout: 40_000, interval: 2 };
const PAIRS = ["batch", "--content", "p*.png", "--style", "s*.png"];

/** A folder with pictures, and a folder for results. */
async function place(...names: readonly string[]): Promise<string> {
  const cwd = await folder(...names);
  mkdirSync(join(cwd, "out"));
  mkdirSync(join(cwd, "alone"));
  return cwd;
}

/** The bytes of each picture where there is no queue. */
async function alone(cwd: string, options: readonly string[]): Promise<Readonly<Record<string, Buffer>>> {
  const args = [...PAIRS, "-o", "alone/{content}-{style}.png", ...options];
  expect(await run(args, cwd)).toMatchObject({ code: 0 });
  return bytesOf(cwd, "alone");
}

const bytesOf = (cwd: string, name: string): Readonly<Record<string, Buffer>> =>
  Object.fromEntries(readdirSync(join(cwd, name)).map((file) => [file, bytesIn(cwd, `${name}/${file}`)]));

const runFiles = (cwd: string): readonly string[] =>
  readdirSync(join(cwd, ".impasto")).filter((name) => name.endsWith(".run"));

describe.skipIf(!hasRedis)("A queue (needs redis-server)", () => {
  let redis: Redis;
  let queue: PictureQueue;
  let runner: JobRunner;
  const stops: (() => Promise<void>)[] = [];

  beforeAll(async () => {
    redis = await startRedis();
    runner = runHere(await openEngine({ network: "built-in", device: "cpu", threads: 1, reuse: true }));
  });
  afterAll(async () => {
    await runner.close();
    await redis.remove();
  });
  beforeEach(async () => {
    queue = await openQueue(readAddress(redis.url));
  });
  afterEach(async () => {
    for (const stop of stops.splice(0)) await stop();
    await queue.drain();
    await queue.close();
  });

  const putAs = (cwd: string, template: string, ...more: readonly string[]) =>
    run([...PAIRS, "-o", template, "--queue", redis.url, "--json", ...more], cwd);
  const put = (cwd: string, ...more: readonly string[]) => putAs(cwd, "out/{content}-{style}.png", ...more);

  /** A worker in this process. */
  function workHere(storage: string, settings: Partial<WorkerSettings> = {}) {
    const controller = new AbortController();
    const events: WorkerEvent[] = [];
    const ended = work({
      address: readAddress(redis.url),
      storage: openStorage(storage, {}),
      open: async () => ({ ...runner, close: async () => {} }),
      concurrency: 1,
      name: "here",
      lostAfter: 2,
      patience: 0,
      memory: 1e9,
      checkpointEvery: 0,
      software: readSoftware(),
      report: (event) => events.push(event),
      stop: controller.signal,
      ...settings,
    });
    const stop = async (): Promise<void> => {
      controller.abort();
      await ended;
    };
    stops.push(stop);
    return { events, stop };
  }

  /** A worker as a process. */
  function startWorker(cwd: string) {
    const args = ["worker", "--queue", redis.url, "--lost-after", "1", "--checkpoint-every", "0", "--json"];
    const worker = start(args, cwd);
    const events: WorkerEvent[] = [];
    let rest = "";
    worker.child.stdout?.on("data", (text: string) => {
      const lines = (rest + text).split("\n");
      rest = lines.pop() ?? "";
      events.push(...lines.map((line): WorkerEvent => JSON.parse(line)));
    });
    stops.push(async () => {
      worker.child.kill("SIGKILL");
      await worker.ended;
    });
    return { ...worker, events };
  }

  /** Waits until nothing is left to do. */
  const idle = () =>
    vi.waitUntil(async () => (({ waiting, running }) => waiting + running === 0)(await queue.status()), {
      ...SOON,
      interval: 50,
    });

  const happened = (events: readonly WorkerEvent[], kind: WorkerEvent["event"]) =>
    vi.waitUntil(() => events.find(({ event }) => event === kind), SOON);

  test("gives the same bytes with two workers, one of which is killed in the midst of a picture", async () => {
    const cwd = await place("p1.png", "s1.png", "s2.png", "s3.png");
    const expected = await alone(cwd, MANY);
    expect(JSON.parse((await put(cwd, ...MANY)).stdout)).toMatchObject({ added: 3, finished: 0 });
    const [first, second] = [startWorker(cwd), startWorker(cwd)];
    await Promise.all([first, second].map(({ events }) => happened(events, "ready")));
    await vi.waitUntil(() => runFiles(cwd).length > 0, SOON);
    const killed = first.events.some(({ event }) => event === "begun") ? first : second;
    const left = killed === first ? second : first;
    killed.child.kill("SIGKILL");
    await killed.ended;
    await idle();
    expect(bytesOf(cwd, "out")).toEqual(expected);
    expect(runFiles(cwd)).toEqual([]);
    const made = [...first.events, ...second.events].flatMap((event) =>
      event.event === "made" ? [event.output] : [],
    );
    expect(made.length).toBe(new Set(made).size);
    expect(JSON.parse((await put(cwd, ...MANY)).stdout)).toMatchObject({ added: 0, finished: 3 });
    left.child.kill("SIGTERM");
    expect((await left.ended).code).toBe(0);
    expect(left.events.at(-1)).toMatchObject({ event: "stopped" });
  }, 120_000);

  test("gets a picture back from a worker that is told to stop, for another to go on with", async () => {
    const cwd = await place("p1.png", "s1.png");
    const expected = await alone(cwd, MANY);
    await put(cwd, ...MANY);
    const first = workHere(cwd);
    await vi.waitUntil(() => existsSync(join(cwd, ".impasto")) && runFiles(cwd).length > 0, SOON);
    await first.stop();
    expect(first.events.map(({ event }) => event)).toEqual(["ready", "begun", "left", "stopped"]);
    expect(await queue.status()).toMatchObject({ waiting: 1, running: 0, done: expect.any(Number) });
    const second = workHere(cwd);
    expect(await happened(second.events, "made")).toMatchObject({ output: "out/p1-s1.png", resumed: true });
    expect(bytesOf(cwd, "out")).toEqual(expected);
  });

  test("puts each picture on it once, and again once its result is gone", async () => {
    const cwd = await place("p1.png", "s1.png");
    expect(JSON.parse((await put(cwd, ...FEW)).stdout)).toMatchObject({ added: 1, before: 0 });
    expect(JSON.parse((await put(cwd, ...FEW)).stdout)).toMatchObject({ added: 0, before: 1 });
    const { events } = workHere(cwd);
    await idle();
    expect(await put(cwd, ...FEW)).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('"finished":1'),
    });
    writeFileSync(join(cwd, "out/p1-s1.png"), "not a picture any more");
    expect(await put(cwd, ...FEW)).toMatchObject({ code: 2, stderr: expect.stringContaining("no recipe") });
    await run(["p1.png", "s1.png", ...FEW, "--seed", "1", "--init", "noise", "-o", "out/other.png"], cwd);
    writeFileSync(join(cwd, "out/p1-s1.png"), bytesIn(cwd, "out/other.png"));
    expect(JSON.parse((await put(cwd, ...FEW)).stdout)).toMatchObject({ added: 1 });
    await idle();
    expect(events.filter(({ event }) => event === "made")).toHaveLength(2);
  });

  test("keeps what cannot be made apart, with the reason, and makes the rest; retry gives it another chance", async () => {
    const cwd = await place("p1.png", "p3.png", "s1.png");
    const whole = bytesIn(cwd, "p3.png");
    writeFileSync(join(cwd, "p3.png"), whole.subarray(0, 900));
    await put(cwd, ...FEW);
    await putAs(cwd, "out/{content}-small.png", ...FEW, "--memory", "60MB");
    const { events } = workHere(cwd);
    await idle();
    const { failures } = await queue.status();
    expect(Object.fromEntries(failures.map(({ output, reason }) => [output, reason]))).toEqual({
      "out/p3-s1.png": expect.stringMatching(/"p3\.png" is damaged/),
      "out/p1-small.png": expect.stringMatching(/needs about .* of memory/),
      "out/p3-small.png": expect.stringMatching(/"p3\.png" is damaged|of memory/),
    });
    expect(readdirSync(join(cwd, "out"))).toEqual(["p1-s1.png"]);
    // Each was tried once.
    expect(events.filter(({ event }) => event === "begun")).toHaveLength(4);
    expect(events.filter(({ event }) => event === "retried")).toEqual([]);
    const retried = await run(["queue", "retry", "--queue", redis.url], cwd);
    expect(retried.stdout).toBe("Put 3 back on the queue.\n");
    await idle();
    expect(events.filter(({ event }) => event === "begun")).toHaveLength(7);
  });

  test("waits for Redis when that is gone, and goes on when it is back", async () => {
    const cwd = await place("p1.png", "p2.png", "s1.png", "s2.png");
    const expected = await alone(cwd, FEW);
    await put(cwd, ...FEW);
    const { events } = workHere(cwd);
    await happened(events, "begun");
    await redis.kill();
    await happened(events, "redis-lost");
    await sleep(200);
    await redis.start();
    await idle();
    expect(await happened(events, "redis-back")).toBeDefined();
    expect(bytesOf(cwd, "out")).toEqual(expected);
    expect((await queue.status()).failures.filter(({ output }) => Object.hasOwn(expected, output))).toEqual(
      [],
    );
  });

  test("can be paused, resumed and drained, and says how it stands", async () => {
    const cwd = await place("p1.png", "s1.png", "s2.png");
    const command = async (...words: readonly string[]) =>
      (await run(["queue", ...words, "--queue", redis.url], cwd)).stdout;
    expect(await command("pause")).toContain("Paused");
    await put(cwd, ...FEW);
    const { events } = workHere(cwd);
    await happened(events, "ready");
    await sleep(100);
    expect(JSON.parse(await command("status", "--json"))).toMatchObject({
      paused: true,
      waiting: 2,
      running: 0,
    });
    expect(await command("drain")).toBe("Took 2 off the queue.\n");
    expect(await command("resume")).toBe("Resumed.\n");
    await put(cwd, ...FEW);
    expect(await command("status", "--watch")).toMatch(
      /^\d+ done, 0 running, \d+ failed, 0 waiting; \d+ pictures/,
    );
    expect(events.filter(({ event }) => event === "made")).toHaveLength(2);
  });

  test("leaves a picture to others where the machine has not what it takes, and where the folder is another", async () => {
    const cwd = await place("p1.png", "s1.png");
    await put(cwd, ...FEW);
    const elsewhere = workHere(await folder());
    expect(await happened(elsewhere.events, "retried")).toMatchObject({ reason: /No jobs were put/ });
    await elsewhere.stop();
    const { events } = workHere(cwd);
    expect(await happened(events, "made")).toMatchObject({ output: "out/p1-s1.png", resumed: false });
  });

  test("works with a bucket, whose inputs are brought and whose results say what they came of", async () => {
    const cwd = await place("p1.png", "s1.png", "s2.png");
    const expected = await alone(cwd, FEW);
    const s3 = await startS3("pictures");
    const putThere = () => {
      for (const [name, value] of Object.entries(s3.environment)) vi.stubEnv(name, value);
      return put(cwd, ...FEW, "--storage", "s3://pictures/of (2026)");
    };
    try {
      const puts = await putThere();
      expect(puts).toMatchObject({ code: 0 });
      workHere("", { storage: openStorage("s3://pictures/of (2026)", s3.environment) });
      await idle();
      const results = Object.fromEntries(
        Object.keys(expected).map((name) => [name, s3.objects.get(`of (2026)/out/${name}`)?.body]),
      );
      expect(results).toEqual(expected);
      expect([...s3.objects.keys()].filter((name) => name.endsWith(".run"))).toEqual([]);
      expect(JSON.parse((await putThere()).stdout)).toMatchObject({ added: 0, finished: 2 });
      const wrong = { ...s3.environment, AWS_SECRET_ACCESS_KEY: "another" };
      await expect(openStorage("s3://pictures", wrong).check()).rejects.toThrow(/refuses \(403\)/);
    } finally {
      vi.unstubAllEnvs();
      await s3.close();
    }
  });
});

test.each([
  [["queue", "status", "--queue", "http://host"], 2, /^impasto: Expected an address such as redis:\/\//],
  [["worker", "--queue", "redis://127.0.0.1:1"], 1, /^impasto: No queue at redis:.*: start it there/],
  [["worker", "--queue", "redis://127.0.0.1:1", "--concurrency", "0"], 2, /whole number of at least 1/],
  [["worker", "--queue", "redis://127.0.0.1:1", "--storage", "s3://x"], 2, /Expected s3:\/\/bucket/],
  [[...PAIRS, "--storage", "."], 2, /--storage is for --queue/],
])("%j is refused in a sentence", async (args, code, message) => {
  const cwd = await folder("p1.png", "s1.png");
  const ended = await run(args, cwd);
  expect(ended).toMatchObject({ code, stdout: "" });
  expect(ended.stderr).toMatch(message);
});
