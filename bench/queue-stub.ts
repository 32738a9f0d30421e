/**
 * A worker whose painting is a wait: for `queue.ts`, which starts it with Redis's address, the storage's folder, and how
 * long to wait in milliseconds. It says so when it is ready, and when a result is there already that it was to make.
 * @module
 */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { openStorage } from "../src/queue/open-storage.ts";
import { readAddress } from "../src/queue/redis.ts";
import { work } from "../src/queue/worker.ts";

const [url = "", folder = ".", wait = "25"] = process.argv.slice(2);
const controller = new AbortController();
process.once("SIGTERM", () => controller.abort());
await work({
  address: readAddress(url),
  storage: openStorage(folder, {}),
  open: () => Promise.reject(new Error("Nothing is painted here.")),
  concurrency: 1,
  name: `stub ${process.pid}`,
  lostAfter: 30,
  memory: 1e9,
  checkpointEvery: 10,
  software: "stub",
  report: ({ event }) => {
    if (event === "ready") console.log("ready");
  },
  stop: controller.signal,
  async make({ output }) {
    const began = performance.now();
    await sleep(Number(wait));
    await writeFile(join(folder, output), "painted", { flag: "wx" }).catch(() => console.log("twice"));
    return { state: "made", evaluations: 1, seconds: (performance.now() - began) / 1000, resumed: false };
  },
});
