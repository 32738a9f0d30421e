/**
 * Takes jobs from a queue and makes them, as many at once as there are engines, until it is told to stop. Engines work in
 * threads of their own, so that this one keeps its jobs' locks alive whatever they do.
 * @module
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { Job as BullJob, Worker as BullWorker } from "bullmq";
import type { Iterate } from "../transfer/iterate.ts";
import type { WorkerEvent } from "./events.ts";
import { makeQueued, type Outcome, type Studio } from "./make.ts";
import { type QueuedJob, readPayload } from "./payload.ts";
import { followProgress, forgiven, losesWorkers, MOST_LOST } from "./progress.ts";
import { judge } from "./reasons.ts";
import { checkRedis, loadBullMq, QUEUE_NAME, type QueueAddress, retryMilliseconds } from "./redis.ts";
import { makeSlots, type OpenRunner, type Slot } from "./slots.ts";

/** How a worker works. */
export interface WorkerSettings extends Omit<Studio, "runnerFor"> {
  readonly address: QueueAddress;
  readonly open: OpenRunner;
  /** Pictures at once. */
  readonly concurrency: number;
  /** What it is called in the status of the queue. */
  readonly name: string;
  /** Seconds after which others take its jobs once it is heard of no more. */
  readonly lostAfter: number;
  /** Seconds to wait where the machine has not what it takes. @default 30 */
  readonly patience?: number;
  readonly report: (event: WorkerEvent) => void;
  /** Gives back what is being made, and ends. */
  readonly stop: AbortSignal;
  /** What makes a picture; another for trials of the queue alone. */
  readonly make?: typeof makeQueued;
}

/** Between two words on how far a picture is. */
const PROGRESS_MILLISECONDS = 1000;
/** What Redis has to take a job back in, as this worker ends: otherwise the job's lock runs out. */
const PARTING_MILLISECONDS = 3000;

/**
 * Works until it is told to stop.
 * @throws ImpastoError where there is no Redis to begin with.
 */
export async function work(settings: WorkerSettings): Promise<void> {
  const { address, storage, concurrency, name, lostAfter, report, stop } = settings;
  await checkRedis(address);
  const { Worker, WaitingError, UnrecoverableError } = await loadBullMq();
  const slots = makeSlots(concurrency, settings.open);

  async function giveBack(job: BullJob, token: string | undefined): Promise<never> {
    await inTime(job.moveToWait(token));
    throw new WaitingError();
  }

  async function take(job: BullJob, token: string | undefined, lost: AbortSignal | undefined) {
    const id = String(job.id);
    if (stop.aborted) return giveBack(job, token);
    const about = { job: id, output: outputIn(job) };
    const { progress, stalledCounter } = job;
    if (losesWorkers(progress, stalledCounter)) {
      // So that a retry begins to count anew.
      await job.updateProgress(forgiven(progress, stalledCounter));
      throw new UnrecoverableError(
        `Its worker was lost ${MOST_LOST + 1} times and it came no further, perhaps for lack of memory: allow workers more, or fewer pictures at once.`,
      );
    }
    report({ event: "begun", ...about, attempt: job.attemptsStarted });
    const ending = lost === undefined ? stop : AbortSignal.any([stop, lost]);
    try {
      const queued = readPayload(job.data, id);
      const outcome = await slots.use((slot) => makeIn(slot, queued, job, ending));
      if (outcome.state === "made") {
        const { evaluations, seconds, resumed } = outcome;
        report({ event: "made", ...about, evaluations, seconds, resumed });
        return { evaluations, seconds };
      }
      report({ event: outcome.state, ...about });
      if (outcome.state === "finished") return {};
    } catch (error) {
      const { reason, isJobs, isMachines } = judge(error);
      if (isJobs) throw new UnrecoverableError(reason);
      const { attempts = 1 } = job.opts;
      if (job.attemptsMade + 1 < attempts) report({ event: "retried", ...about, reason });
      if (isMachines)
        await sleep(1000 * (settings.patience ?? 30), undefined, { signal: ending }).catch(() => {});
      if (!ending.aborted) throw new Error(reason);
    }
    // Where the lock was lost the job is another's by now, and Redis says so.
    return giveBack(job, token);
  }

  async function makeIn(slot: Slot, queued: QueuedJob, job: BullJob, ending: AbortSignal): Promise<Outcome> {
    const { make = makeQueued } = settings;
    const tell = (text: string): void =>
      report({ event: "note", job: queued.id, output: queued.output, text });
    try {
      const studio = { ...settings, runnerFor: slot.runnerFor };
      return await make(queued, studio, { stop: ending, tell, onIterate: progressOf(job) });
    } catch (error) {
      if (!judge(error).keepsEngine) await slot.drop();
      throw error;
    }
  }

  const working = new Set<Promise<unknown>>();
  let parted = false;
  const worker = new Worker(
    QUEUE_NAME,
    (job: BullJob, token?: string, signal?: AbortSignal) => {
      const made = take(job, token, signal);
      const settled = made.catch(() => {}).finally(() => working.delete(settled));
      working.add(settled);
      return made;
    },
    {
      connection: {
        ...address.options,
        retryStrategy: (times: number) => (parted ? null : retryMilliseconds(times)),
      },
      concurrency,
      name,
      lockDuration: 1000 * lostAfter,
      stalledInterval: 1000 * lostAfter,
      // Counted here: a job that comes further each time may lose as many as it takes.
      maxStalledCount: Number.MAX_SAFE_INTEGER,
      // Once Redis is back it should not wait for long.
      runRetryDelay: 1000,
    },
  );
  const listening = listen(worker, report);
  report({ event: "ready", queue: address.shown, storage: storage.place });
  if (!stop.aborted) await new Promise((resolve) => stop.addEventListener("abort", resolve, { once: true }));
  await worker.pause(true);
  // What is being made is saved first, however long an evaluation takes.
  await Promise.all(working);
  await inTime(worker.close(listening.isDown()));
  parted = true;
  await slots.close();
  report({ event: "stopped" });
}

/** Waits for Redis, but not for ever. */
const inTime = (asked: Promise<unknown>): Promise<unknown> =>
  Promise.race([asked.catch(() => {}), sleep(PARTING_MILLISECONDS, undefined, { ref: false })]);

/** Tells how far a picture is, now and then; nothing waits for it. */
function progressOf(job: BullJob): (iterate: Iterate) => void {
  const follow = followProgress(job.progress, job.stalledCounter);
  let last = Number.NEGATIVE_INFINITY;
  let telling = false;
  return (iterate) => {
    const progress = follow(iterate);
    if (telling || performance.now() - last < PROGRESS_MILLISECONDS) return;
    last = performance.now();
    telling = true;
    job
      .updateProgress(progress)
      .catch(() => {})
      .finally(() => {
        telling = false;
      });
  };
}

/** Reports what BullMQ tells of. */
function listen(worker: BullWorker, report: (event: WorkerEvent) => void) {
  let down = false;
  worker.on("error", (error) => {
    // A lock that was lost, too, is no more than what is known by then.
    if (down || !isConnectionError(error)) return;
    down = true;
    report({ event: "redis-lost", reason: error.message || "no answer" });
  });
  // The worker itself says so only the first time.
  worker.getBackend().on("ready", () => {
    if (down) report({ event: "redis-back" });
    down = false;
  });
  worker.on("failed", (job, error) => {
    if (job?.finishedOn === undefined) return;
    report({
      event: "failed",
      job: String(job.id),
      output: outputIn(job),
      reason: error.message,
    });
  });
  worker.on("stalled", (job) => report({ event: "stalled", job }));
  worker.on("lockRenewalFailed", (jobs) => {
    for (const job of jobs) worker.cancelJob(job);
  });
  return { isDown: () => down };
}

const isConnectionError = (error: Error): boolean =>
  /ECONN|ETIMEDOUT|EPIPE|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|Connection is closed|LOADING/.test(
    `${error.message} ${"code" in error ? String(error.code) : ""}`,
  );

/** What a job is called, whatever it is. */
const outputIn = ({ data }: BullJob): string => {
  const output: unknown = data instanceof Object && "output" in data ? data.output : undefined;
  return typeof output === "string" ? output : "?";
};
