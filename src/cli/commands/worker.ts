/**
 * `impasto worker`: makes the pictures of a queue until it is stopped, and tells what happens.
 * @module
 */
import { hostname } from "node:os";
import { MisuseError } from "../../errors.ts";
import type { Job } from "../../job/recipe.ts";
import type { JobRunner } from "../../job/runner.ts";
import { openRunner } from "../../job/worker-runner.node.ts";
import { type WorkerEvent, writeEvent } from "../../queue/events.ts";
import { makeCounters, offerMetrics, readMetricsAddress } from "../../queue/metrics.ts";
import { openStorage } from "../../queue/open-storage.ts";
import { openQueue, type PictureQueue } from "../../queue/queue.ts";
import { readAddress } from "../../queue/redis.ts";
import { work } from "../../queue/worker.ts";
import { coreCount } from "../../runtime/cores.node.ts";
import { defaultMemory } from "../../transfer/engine.node.ts";
import type { Options } from "../../transfer/options.ts";
import { checkNetwork, networkChoice } from "../find-network.ts";
import { numberFrom, optionsFrom, textFrom } from "../flags.ts";
import { watchForInterrupt } from "../interrupt.ts";
import { printableJson } from "../printable.ts";
import { openProgress } from "../progress.ts";
import { readSoftware } from "../version.ts";

/** Works. */
export async function workerCommand(flags: Readonly<Record<string, unknown>>): Promise<void> {
  const address = readAddress(textFrom(flags.queue) ?? "");
  const storage = openStorage(textFrom(flags.storage) ?? ".", process.env);
  const options = optionsFrom(flags);
  const concurrency = numberOf(flags.concurrency, "--concurrency", 1, true);
  const lostAfter = numberOf(flags.lostAfter, "--lost-after", 1);
  const checkpointEvery = numberOf(flags.checkpointEvery, "--checkpoint-every", 0);
  const metricsText = textFrom(flags.metrics);
  const metricsAddress = metricsText === undefined ? undefined : readMetricsAddress(metricsText);
  const progress = await openProgress({ quiet: flags.quiet === true });
  const counters = makeCounters();
  const report = (event: WorkerEvent): void => {
    counters.see(event);
    if (flags.json === true) {
      process.stdout.write(`${printableJson({ time: new Date().toISOString(), ...event })}\n`);
      return;
    }
    const text = writeEvent(event);
    if (text !== undefined) progress.note(text);
  };
  const memory = (options.memory ?? defaultMemory()) / concurrency;
  const threads = options.threads ?? Math.max(1, Math.floor(coreCount() / concurrency));
  const given = { ...(flags.device === undefined ? {} : { device: options.device }), threads, memory };
  const interrupt = watchForInterrupt(() =>
    progress.note("Saving what is being made and giving it back; once more stops at once."),
  );
  let queue: PictureQueue | undefined;
  let server: Awaited<ReturnType<typeof offerMetrics>> | undefined;
  try {
    if (metricsAddress !== undefined) {
      queue = await openQueue(address);
      server = await offerMetrics(metricsAddress, counters, within(queue));
    }
    await work({
      address,
      storage,
      open: (job) => open(job, given),
      concurrency,
      name: `${hostname()}:${process.pid}`,
      lostAfter,
      memory,
      checkpointEvery,
      software: readSoftware(),
      report,
      stop: interrupt.signal,
    });
  } finally {
    interrupt.release();
    progress.end();
    server?.close();
    server?.closeAllConnections();
    await queue?.close();
  }
}

/** How the queue stands, or nothing where Redis does not say so soon: who reads metrics does not wait. */
const within = (queue: PictureQueue) => () =>
  Promise.race([
    queue.status(),
    new Promise<undefined>((resolve) => setTimeout(resolve, STATUS_MILLISECONDS, undefined).unref()),
  ]);

const STATUS_MILLISECONDS = 2000;

/** What a job is run with, beside what it says itself. */
interface Given extends Partial<Pick<Options, "device">> {
  readonly threads: number;
  readonly memory: number;
}

/** Opens an engine for a job, and for those like it. */
async function open(job: Job, { device, threads, memory }: Given): Promise<JobRunner> {
  const { convention } = job.options;
  const runner = await openRunner({
    network: networkChoice(job, undefined, ["."]),
    ...(convention === undefined ? {} : { convention }),
    device: device ?? job.options.device,
    threads: job.options.threads ?? threads,
    memory,
    reuse: true,
  });
  try {
    checkNetwork(job, runner.engine);
  } catch (error) {
    await runner.close();
    throw error;
  }
  return runner;
}

/** A number that a flag gives. @throws MisuseError where it is none, or too small. */
function numberOf(given: unknown, flag: string, least: number, whole = false): number {
  const value = numberFrom(String(given)) ?? Number.NaN;
  if (value >= least && Number.isFinite(value) && (!whole || Number.isInteger(value))) return value;
  throw new MisuseError(
    `Expected a ${whole ? "whole number" : "number"} of at least ${least} for ${flag} but received ${JSON.stringify(given)}.`,
  );
}
