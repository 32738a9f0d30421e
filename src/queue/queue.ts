/**
 * The queue as those see it who put jobs on it and look at it: BullMQ's, with the words of pictures. Those who make
 * pictures are in worker.ts.
 * @module
 */
import type { Job as BullJob } from "bullmq";
import * as z from "zod";
import { paceOf } from "./pace.ts";
import { type Payload, payloadOf, type QueuedJob } from "./payload.ts";
import { type KeptProgress, keptProgress } from "./progress.ts";
import { checkRedis, loadBullMq, QUEUE_NAME, type QueueAddress, retryMilliseconds } from "./redis.ts";

/** What came of putting jobs on it. */
export interface Put {
  /** Those that are on it now and were not before. */
  readonly added: number;
  /** Those that wait there already, or are being made. */
  readonly before: number;
}

/** A picture that is being made. */
export interface RunningPicture {
  readonly id: string;
  readonly output: string;
  readonly worker: string | undefined;
  readonly progress: Omit<KeptProgress, "furthest" | "lost"> | undefined;
}

/** A picture that could not be made. */
export interface FailedPicture {
  readonly id: string;
  readonly output: string;
  readonly reason: string;
}

/** How a queue stands. */
export interface QueueStatus {
  readonly paused: boolean;
  readonly waiting: number;
  readonly running: number;
  readonly done: number;
  readonly failed: number;
  readonly picturesPerHour: number | undefined;
  readonly secondsLeft: number | undefined;
  readonly pictures: readonly RunningPicture[];
  /** The last ones. */
  readonly failures: readonly FailedPicture[];
}

/** A queue. */
export interface PictureQueue {
  /** Puts jobs on it, each once: what is there under its id stays, unless it has ended. */
  put(jobs: readonly QueuedJob[]): Promise<Put>;
  status(): Promise<QueueStatus>;
  /** Workers take no more until it is resumed; what they have they make. */
  pause(): Promise<void>;
  resume(): Promise<void>;
  /** Puts what failed back. @returns how many. */
  retry(): Promise<number>;
  /** Takes away what waits. @returns how many. */
  drain(): Promise<number>;
  close(): Promise<void>;
}

/** So many are asked about at once. */
const AT_ONCE = 500;
/** The pace is that of so many. */
const PACED = 100;
/** So many failures are shown. */
const SHOWN = 100;
/** A job whose worker was lost, or had no storage, is tried so often in all. */
const ATTEMPTS = 5;
const BACKOFF_MILLISECONDS = 2000;
/** What is done is remembered for a week. */
const KEPT_SECONDS = 7 * 24 * 3600;

/** How jobs of ours are kept and tried. */
const jobOptions = (id: string) => ({
  jobId: id,
  attempts: ATTEMPTS,
  backoff: { type: "exponential", delay: BACKOFF_MILLISECONDS },
  removeOnComplete: { age: KEPT_SECONDS },
  keepLogs: 0,
  // The reason is what people need.
  stackTraceLimit: 0,
});

/**
 * Opens a queue.
 * @throws ImpastoError where there is no Redis.
 */
export async function openQueue(address: QueueAddress): Promise<PictureQueue> {
  await checkRedis(address);
  const { Queue } = await loadBullMq();
  const queue = new Queue<unknown, unknown>(QUEUE_NAME, {
    connection: { ...address.options, retryStrategy: retryMilliseconds },
    // Nobody listens to more than the last of them.
    streams: { events: { maxLen: 1000 } },
  });
  // Lost connections are made again; what was asked meanwhile waits.
  queue.on("error", () => {});

  /** Those that may be put there: ended ones make room. */
  async function notThere(jobs: readonly QueuedJob[]): Promise<readonly QueuedJob[]> {
    const states = await Promise.all(jobs.map(({ id }) => queue.getJobState(id)));
    const ended = jobs.filter((_, index) => states[index] === "completed" || states[index] === "failed");
    await Promise.all(ended.map(({ id }) => queue.remove(id)));
    return jobs.filter((job, index) => states[index] === "unknown" || ended.includes(job));
  }

  return {
    async put(jobs) {
      let added = 0;
      for (let begin = 0; begin < jobs.length; begin += AT_ONCE) {
        const some = await notThere(jobs.slice(begin, begin + AT_ONCE));
        await queue.addBulk(
          some.map((job) => {
            const data: Payload = payloadOf(job);
            return { name: "picture", data, opts: jobOptions(job.id) };
          }),
        );
        added += some.length;
      }
      return { added, before: jobs.length - added };
    },
    async status() {
      const [counts, paused, active, completed, failures] = await Promise.all([
        queue.getJobCounts("waiting", "delayed", "prioritized", "active", "completed", "failed"),
        queue.isPaused(),
        queue.getJobs("active", 0, SHOWN - 1),
        queue.getJobs("completed", 0, PACED - 1),
        queue.getJobs("failed", 0, SHOWN - 1),
      ]);
      const count = (...states: readonly string[]): number =>
        states.reduce((sum, state) => sum + (counts[state] ?? 0), 0);
      const [waiting, running] = [count("waiting", "delayed", "prioritized"), count("active")];
      const finished = completed.flatMap((job) => job?.finishedOn ?? []);
      const pace = paceOf(finished, waiting + running, Date.now());
      return {
        paused,
        waiting,
        running,
        done: count("completed"),
        failed: count("failed"),
        picturesPerHour: pace?.picturesPerHour,
        secondsLeft: pace?.secondsLeft,
        pictures: active.flatMap((job) => (job ? [runningPicture(job)] : [])),
        failures: failures.flatMap((job) => (job ? [failedPicture(job)] : [])),
      };
    },
    pause: () => queue.pause(),
    resume: () => queue.resume(),
    async retry() {
      let count = 0;
      for (;;) {
        const failed = await queue.getJobs("failed", 0, AT_ONCE - 1);
        if (failed.length === 0) return count;
        const reset = { resetAttemptsMade: true, resetAttemptsStarted: true };
        // Somebody else may have been quicker.
        const retried = await Promise.allSettled(failed.map((job) => job.retry("failed", reset)));
        const here = retried.filter(({ status }) => status === "fulfilled").length;
        if (here === 0) return count;
        count += here;
      }
    },
    async drain() {
      const states = ["waiting", "delayed", "prioritized"] as const;
      const before = await queue.getJobCountByTypes(...states);
      await queue.drain(true);
      return before - (await queue.getJobCountByTypes(...states));
    },
    close: () => queue.close(),
  };
}

const outputOf = ({ data }: BullJob): string => {
  const read = z.object({ output: z.string() }).safeParse(data);
  return read.success ? read.data.output : "?";
};

const runningPicture = (job: BullJob): RunningPicture => ({
  id: String(job.id),
  output: outputOf(job),
  worker: job.processedBy,
  progress: keptProgress(job.progress),
});

const failedPicture = (job: BullJob): FailedPicture => ({
  id: String(job.id),
  output: outputOf(job),
  reason: job.failedReason,
});
