/**
 * Proves the queue on this machine, with Debian's redis-server. Run `npm run build` first.
 * `tsx bench/queue.ts kills`: 200 small pictures by 4 workers, of which one is killed every few seconds, while Redis is killed
 * twice; every result is compared with `impasto batch`'s, and watched for being written again.
 * `tsx bench/queue.ts throughput`: 10,000 jobs whose painting is replaced by a wait, by 1, 2, 4 and 8 workers.
 * Options: --pictures n, --iterations n, --every seconds, --jobs n, --wait milliseconds, --workers 1,2,4,8
 * @module
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { Redis as RedisClient } from "ioredis";
import * as z from "zod";
import { jobOf } from "../src/job/recipe.ts";
import { openStorage } from "../src/queue/open-storage.ts";
import { idOf, type QueuedJob } from "../src/queue/payload.ts";
import { openQueue, type PictureQueue } from "../src/queue/queue.ts";
import { readAddress } from "../src/queue/redis.ts";
import { smallPicture } from "../test/cli-folders.ts";
import { COMMAND } from "../test/cli-process.ts";
import { type Redis, startRedis } from "../test/redis.ts";

const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    pictures: { type: "string", default: "200" },
    iterations: { type: "string", default: "40" },
    every: { type: "string", default: "3" },
    jobs: { type: "string", default: "10000" },
    wait: { type: "string", default: "25" },
    workers: { type: "string", default: "1,2,4,8" },
  },
});

/** What is read of a line that a worker says. */
const eventSchema = z.object({ event: z.string(), resumed: z.boolean().default(false) });

const folder = mkdtempSync(join(tmpdir(), "impasto-queue-"));
const redis = await startRedis();
const queue = await openQueue(readAddress(redis.url));
const started = new Set<ChildProcess>();
try {
  if (positionals[0] === "throughput") await throughput();
  else await kills();
} finally {
  for (const child of started) child.kill("SIGKILL");
  await queue.close();
  await redis.remove();
  rmSync(folder, { recursive: true, force: true });
}

/** Starts a process, which says what it does in lines. */
function launch(args: readonly string[], onLine: (line: string) => void = () => {}): ChildProcess {
  const child = spawn(process.execPath, args, { cwd: folder, stdio: ["ignore", "pipe", "inherit"] });
  let rest = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    lines.forEach(onLine);
  });
  started.add(child);
  child.on("close", () => started.delete(child));
  return child;
}

/** How a process ends, which it may have done already. */
async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) await once(child, "close");
}

/** Pictures under kills. */
async function kills(): Promise<void> {
  const count = Number(flags.pictures);
  const photos = Math.ceil(count / 10);
  for (let i = 0; i < photos; i++) writeFileSync(join(folder, `p${i}.png`), await smallPicture(`p${i}`));
  for (let i = 0; i < 10; i++) writeFileSync(join(folder, `s${i}.png`), await smallPicture(`style ${i}`));
  for (const name of ["alone", "out"]) mkdirSync(join(folder, name));
  const small = ["--size", "32", "--network", "built-in", "--threads", "1", "--iterations", flags.iterations];
  const pairs = [COMMAND, "batch", "--content", "p*.png", "--style", "s*.png", ...small, "--quiet"];
  await ended(launch([...pairs, "-o", "alone/{content}-{style}.png"]));
  const began = performance.now();
  await ended(launch([...pairs, "-o", "out/{content}-{style}.png", "--queue", redis.url]));

  const events: Record<string, number> = {};
  const worker = [COMMAND, "worker", "--queue", redis.url, "--lost-after", "3", "--checkpoint-every", "0.2"];
  const atWork = new Set<ChildProcess>();
  const startWorker = (): ChildProcess => {
    const child: ChildProcess = launch([...worker, "--threads", "1", "--json"], (line) => {
      const { event, resumed } = eventSchema.parse(JSON.parse(line));
      events[event] = (events[event] ?? 0) + 1;
      if (event === "made") atWork.add(child);
      if (resumed) events.resumed = (events.resumed ?? 0) + 1;
    });
    return child;
  };
  const workers = Array.from({ length: 4 }, startWorker);

  const seen = new Map<string, Set<number>>();
  const watching = setInterval(() => {
    for (const name of readdirSync(join(folder, "out")).filter((one) => !one.startsWith("."))) {
      const inode = statSync(join(folder, "out", name), { throwIfNoEntry: false })?.ino;
      if (inode !== undefined) seen.set(name, (seen.get(name) ?? new Set()).add(inode));
    }
  }, 20);
  const all = readdirSync(join(folder, "alone")).length;
  let [killed, restarted] = [0, 0];
  for (;;) {
    await sleep(1000 * Number(flags.every));
    const done = seen.size;
    const status = await statusSoon(queue);
    console.log(
      `${done} of ${all} written; ${JSON.stringify({ ...status, pictures: undefined, failures: undefined })}`,
    );
    if (status !== undefined && status.waiting + status.running === 0) break;
    if (restarted < 2 && done >= ((restarted + 1) * all) / 3) {
      await restart(redis);
      restarted += 1;
    }
    // On a machine with much to do a process takes its time to start, and what was not begun cannot be lost.
    const index = workers.findIndex((child) => atWork.has(child));
    const victim = workers.splice(index, index < 0 ? 0 : 1)[0];
    if (victim === undefined) continue;
    victim.kill("SIGKILL");
    workers.push(startWorker());
    killed += 1;
  }
  clearInterval(watching);
  const seconds = (performance.now() - began) / 1000;
  const names = readdirSync(join(folder, "out"));
  const same = names.filter((name) =>
    readFileSync(join(folder, "out", name)).equals(readFileSync(join(folder, "alone", name))),
  ).length;
  const twice = [...seen.values()].filter((inodes) => inodes.size > 1).length;
  const left = readdirSync(join(folder, ".impasto")).filter((name) => name.endsWith(".run")).length;
  const { failed } = await queue.status();
  console.log({
    pictures: all,
    files: names.length,
    same,
    writtenTwice: twice,
    failed,
    left,
    killed,
    restarted,
    seconds,
    events,
  });
  if (same !== all || names.length !== all || twice > 0 || failed > 0) process.exitCode = 1;
}

/** How the queue stands, or nothing where Redis does not say so soon. */
function statusSoon(some: PictureQueue) {
  return Promise.race([some.status(), sleep(2000).then(() => undefined)]);
}

async function restart(server: Redis): Promise<void> {
  await server.kill();
  await sleep(2000);
  await server.start();
}

/** Jobs without pictures. */
async function throughput(): Promise<void> {
  const count = Number(flags.jobs);
  const storage = openStorage(folder, {});
  await storage.mark();
  console.log("workers  seconds  jobs/s  of one worker's  files  made twice  Redis MB waiting  done");
  let one: number | undefined;
  for (const workers of flags.workers.split(",").map(Number)) {
    mkdirSync(join(folder, `out${workers}`));
    const client = new RedisClient(redis.url);
    const empty = await memoryOf(client);
    await queue.pause();
    await queue.put(Array.from({ length: count }, (_, i) => stubJob(`out${workers}/${i}.png`, i)));
    const waiting = (await memoryOf(client)) - empty;
    let [ready, twice] = [0, 0];
    const script = fileURLToPath(new URL("queue-stub.ts", import.meta.url));
    const children = Array.from({ length: workers }, () =>
      launch(["--import", import.meta.resolve("tsx"), script, redis.url, folder, flags.wait], (line) => {
        if (line === "ready") ready += 1;
        if (line === "twice") twice += 1;
      }),
    );
    while (ready < workers) await sleep(50);
    const began = performance.now();
    await queue.resume();
    while ((({ waiting, running }) => waiting + running > 0)(await queue.status())) await sleep(50);
    const seconds = (performance.now() - began) / 1000;
    const rate = count / seconds;
    one ??= rate / workers;
    const done = (await memoryOf(client)) - empty;
    for (const child of children) child.kill("SIGTERM");
    await Promise.all(children.map(ended));
    const files = readdirSync(join(folder, `out${workers}`)).length;
    const cells = [workers, seconds.toFixed(1), rate.toFixed(1), (rate / one).toFixed(2), files, twice];
    console.log([...cells, (waiting / 1e6).toFixed(1), (done / 1e6).toFixed(1)].join("\t"));
    await client.flushall();
    client.disconnect();
  }
}

async function memoryOf(client: RedisClient): Promise<number> {
  const [, bytes] = /^used_memory:(\d+)/m.exec(await client.info("memory")) ?? [];
  return Number(bytes);
}

/** A job that looks like one of a batch. */
function stubJob(output: string, seed: number): QueuedJob {
  const named = (name: string) => ({ name, checksum: "0".repeat(64) });
  const inputs = { content: named("photo.jpg"), styles: [{ ...named("painting.jpg"), weight: 1 }] };
  const engine = {
    network: { name: "built-in", checksum: "1".repeat(64) },
    runtime: { device: "cpu" as const, threads: 1 },
  };
  const job = jobOf(inputs, { seed, size: 1024 }, { width: 3000, height: 2000 }, engine);
  return { id: idOf(job, output), job, output, files: { ["0".repeat(64)]: "photos/photo.jpg" } };
}
