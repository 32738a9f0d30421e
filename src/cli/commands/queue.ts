/**
 * `impasto queue`: how a queue stands, and what steers it.
 * @module
 */
import { setTimeout as sleep } from "node:timers/promises";
import { openQueue, type PictureQueue, type QueueStatus } from "../../queue/queue.ts";
import { readAddress } from "../../queue/redis.ts";
import { textFrom } from "../flags.ts";
import { watchForInterrupt } from "../interrupt.ts";
import { printable, printableJson } from "../printable.ts";
import { openProgress, writeSeconds } from "../progress.ts";

/** What is done with a queue, and what is said of it. */
const ACTIONS: Readonly<Record<string, (queue: PictureQueue) => Promise<string>>> = {
  async pause(queue) {
    await queue.pause();
    return "Paused: workers finish what they are at, and take no more.";
  },
  async resume(queue) {
    await queue.resume();
    return "Resumed.";
  },
  retry: async (queue) => `Put ${await queue.retry()} back on the queue.`,
  drain: async (queue) => `Took ${await queue.drain()} off the queue.`,
};

/** Between two looks. */
const WATCH_MILLISECONDS = 1000;

/** Does one of them. */
export async function queueCommand(name: string, flags: Readonly<Record<string, unknown>>): Promise<void> {
  const queue = await openQueue(readAddress(textFrom(flags.queue) ?? ""));
  try {
    const act = ACTIONS[name];
    if (act !== undefined) process.stdout.write(`${await act(queue)}\n`);
    else if (flags.watch === true) await watch(queue, flags.json === true);
    else show(await queue.status(), flags.json === true);
  } finally {
    await queue.close();
  }
}

/** Says how it stands until nothing is left, or somebody has seen enough. */
async function watch(queue: PictureQueue, json: boolean): Promise<void> {
  const progress = await openProgress({ quiet: json });
  const interrupt = watchForInterrupt(() => {});
  try {
    while (!interrupt.signal.aborted) {
      const status = await queue.status();
      if (status.waiting + status.running === 0) {
        progress.end();
        return show(status, json);
      }
      if (json) process.stdout.write(`${printableJson(status)}\n`);
      else progress.update(() => writeStatus(status));
      await sleep(WATCH_MILLISECONDS, undefined, { signal: interrupt.signal }).catch(() => {});
    }
    process.exitCode = interrupt.exitCode();
  } finally {
    interrupt.release();
    progress.end();
  }
}

function show(status: QueueStatus, json: boolean): void {
  const lines = [
    writeStatus(status),
    ...status.pictures.map(({ output, worker = "?", progress }) => {
      const far = progress === undefined ? "" : `  ${writeProgress(progress)}`;
      return `  making ${output}${far}  at ${worker}`;
    }),
    ...status.failures.map(({ output, reason }) => `  failed ${output}: ${reason}`),
  ];
  process.stdout.write(
    json ? `${printableJson(status)}\n` : lines.map((line) => `${printable(line)}\n`).join(""),
  );
}

function writeProgress(progress: NonNullable<QueueStatus["pictures"][number]["progress"]>): string {
  const { evaluation, evaluations, scale, scales } = progress;
  return `${evaluation}/${evaluations}${scales > 1 ? ` (size ${scale} of ${scales})` : ""}`;
}

/** In one line. */
function writeStatus(status: QueueStatus): string {
  const { done, running, failed, waiting, paused, picturesPerHour, secondsLeft } = status;
  const counts = `${done} done, ${running} running, ${failed} failed, ${waiting} waiting`;
  const pace = picturesPerHour === undefined ? "" : `; ${writePace(picturesPerHour)} pictures an hour`;
  const left =
    secondsLeft === undefined || running + waiting === 0 ? "" : `, ${writeSeconds(secondsLeft)} left`;
  return `${counts}${pace}${left}${paused ? "; paused" : ""}`;
}

const writePace = (pace: number): string => (pace < 10 ? pace.toFixed(1) : Math.round(pace).toString());
