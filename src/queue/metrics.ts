/**
 * What a worker offers to Prometheus, and to whoever asks whether it is well: counters of its own, and how the queue stands.
 * @module
 */
import { createServer, type Server } from "node:http";
import { MisuseError } from "../errors.ts";
import type { WorkerEvent } from "./events.ts";
import type { QueueStatus } from "./queue.ts";

/** What a worker has done since it began. */
export interface Counters {
  see(event: WorkerEvent): void;
  /** Whether Redis answers, as far as is known. */
  isWell(): boolean;
  /** As Prometheus reads it. @param status how the queue stands, where that is known. */
  write(status: QueueStatus | undefined): string;
}

/** Makes counters. */
export function makeCounters(): Counters {
  const counts = { made: 0, finished: 0, left: 0, retried: 0, failed: 0 };
  let [evaluations, seconds, down] = [0, 0, false];
  const active = new Set<string>();
  return {
    see(event) {
      if (event.event === "redis-lost" || event.event === "redis-back") down = event.event === "redis-lost";
      if (event.event === "begun") active.add(event.job);
      if (event.event === "made") {
        evaluations += event.evaluations;
        seconds += event.seconds;
      }
      switch (event.event) {
        case "made":
        case "finished":
        case "left":
        case "retried":
        case "failed":
          counts[event.event] += 1;
          active.delete(event.job);
      }
    },
    isWell: () => !down,
    write: (status) =>
      [
        counter(
          "impasto_worker_pictures_total",
          "What came of the pictures that this worker took.",
          "outcome",
          counts,
        ),
        single(
          "impasto_worker_evaluations_total",
          "counter",
          "Evaluations of pictures that were made.",
          evaluations,
        ),
        single(
          "impasto_worker_seconds_total",
          "counter",
          "Seconds that pictures took that were made.",
          seconds,
        ),
        single("impasto_worker_active", "gauge", "Pictures that are being made.", active.size),
        single("impasto_worker_redis_up", "gauge", "Whether Redis answers.", down ? 0 : 1),
        single(
          "process_resident_memory_bytes",
          "gauge",
          "Memory of this process.",
          process.memoryUsage.rss(),
        ),
        ...(status === undefined ? [] : [writeQueue(status)]),
      ].join(""),
  };
}

function writeQueue({ waiting, running, done, failed, paused, picturesPerHour }: QueueStatus): string {
  return [
    labelled("impasto_queue_pictures", "gauge", "Pictures on the queue.", "state", {
      waiting,
      running,
      done,
      failed,
    }),
    single("impasto_queue_paused", "gauge", "Whether the queue is paused.", paused ? 1 : 0),
    ...(picturesPerHour === undefined
      ? []
      : [single("impasto_queue_pictures_per_hour", "gauge", "The pace of all workers.", picturesPerHour)]),
  ].join("");
}

type Kind = "counter" | "gauge";

const head = (name: string, kind: Kind, help: string): string =>
  `# HELP ${name} ${help}\n# TYPE ${name} ${kind}\n`;

const single = (name: string, kind: Kind, help: string, value: number): string =>
  `${head(name, kind, help)}${name} ${value}\n`;

const labelled = (
  name: string,
  kind: Kind,
  help: string,
  label: string,
  values: Readonly<Record<string, number>>,
): string =>
  head(name, kind, help) +
  Object.entries(values)
    .map(([key, value]) => `${name}{${label}="${key}"} ${value}\n`)
    .join("");

const counter = (
  name: string,
  help: string,
  label: string,
  values: Readonly<Record<string, number>>,
): string => labelled(name, "counter", help, label, values);

/** Where metrics are offered. */
export interface MetricsAddress {
  readonly host: string;
  readonly port: number;
}

/** Reads `port` or `host:port`; without a host, no other machine can ask. @throws MisuseError */
export function readMetricsAddress(text: string): MetricsAddress {
  const [, host = "127.0.0.1", digits = ""] = /^(?:(.+):)?(\d{1,5})$/.exec(text) ?? [];
  const port = Number(digits);
  if (digits !== "" && port <= 65_535) return { host: host.replace(/^\[(.*)\]$/, "$1"), port };
  throw new MisuseError(
    `Expected a port, or an address such as 0.0.0.0:9100, for --metrics but received "${text}".`,
  );
}

/**
 * Offers `/metrics`, and `/health`, which is 200 as long as Redis answers.
 * @throws MisuseError where the address is taken.
 */
export async function offerMetrics(
  { host, port }: MetricsAddress,
  counters: Counters,
  status: () => Promise<QueueStatus | undefined>,
): Promise<Server> {
  const server = createServer((request, response) => {
    const path = request.url?.split("?")[0];
    if (request.method !== "GET" || (path !== "/metrics" && path !== "/health")) {
      response.writeHead(404).end("There is /metrics, and /health.\n");
    } else if (path === "/health") {
      const well = counters.isWell();
      response.writeHead(well ? 200 : 503).end(well ? "ok\n" : "Redis does not answer\n");
    } else {
      void status()
        .catch(() => undefined)
        .then((known) => {
          response
            .writeHead(200, { "content-type": "text/plain; version=0.0.4; charset=utf-8" })
            .end(counters.write(known));
        });
    }
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", (cause) =>
      reject(
        new MisuseError(
          `${host}:${port} cannot be listened at (${cause.message}): give --metrics another port.`,
          {
            cause,
          },
        ),
      ),
    );
    server.listen(port, host, resolve);
  });
  return server;
}
