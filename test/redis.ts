/**
 * Redis for tests: Debian's server, on a port that is free, with its data in a folder of its own, so that it can be killed
 * and started again.
 * @module
 */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { required } from "../src/required.ts";

/** Whether it is installed. */
export const hasRedis = spawnSync("redis-server", ["--version"]).status === 0;

/** A server. */
export interface Redis {
  readonly url: string;
  start(): Promise<void>;
  /** Ends it at once, as a machine does that loses power. */
  kill(): Promise<void>;
  /** Ends it, and removes its data. */
  remove(): Promise<void>;
}

/** Starts one. */
export async function startRedis(): Promise<Redis> {
  const folder = mkdtempSync(join(tmpdir(), "impasto-redis-"));
  const port = await freePort();
  let server: ChildProcess | undefined;
  const redis: Redis = {
    url: `redis://127.0.0.1:${port}`,
    async start() {
      const data = ["--dir", folder, "--save", "", "--appendonly", "yes", "--appendfsync", "always"];
      const started = spawn("redis-server", ["--port", String(port), "--bind", "127.0.0.1", ...data]);
      server = started;
      await new Promise<void>((resolve, reject) => {
        let said = "";
        started.stdout.on("data", (text: Buffer) => {
          said += text.toString();
          if (said.includes("Ready to accept connections")) resolve();
        });
        started.on("close", () => reject(new Error(`redis-server ended: ${said}`)));
      });
    },
    async kill() {
      const ending = required(server, "server");
      const ended = new Promise((resolve) => ending.once("close", resolve));
      ending.kill("SIGKILL");
      await ended;
    },
    async remove() {
      if (server?.exitCode === null && server.signalCode === null) await redis.kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  await redis.start();
  return redis;
}

/** A port that nobody listens at. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === "string") throw new Error("There is no free port.");
  return address.port;
}
