/**
 * `impasto batch --queue`: puts every picture of a batch on a queue instead of making it. What is finished is left out, and
 * what is on the queue already stays there once, so that the same command may be given again and again.
 * @module
 */
import { ImpastoError } from "../../errors.ts";
import { type Job, jobFrom } from "../../job/recipe.ts";
import { openNetwork } from "../../network/open.node.ts";
import { isBucket, openStorage } from "../../queue/open-storage.ts";
import { idOf, type QueuedJob } from "../../queue/payload.ts";
import { openQueue } from "../../queue/queue.ts";
import { readAddress } from "../../queue/redis.ts";
import type { Options } from "../../transfer/options.ts";
import { writeFailures } from "../batch/failures.ts";
import { failed, type Item, itemOf, lookOnce } from "../batch/items.ts";
import { readBatch } from "../batch/pieces.ts";
import { textFrom } from "../flags.ts";
import { printableJson } from "../printable.ts";
import { openProgress } from "../progress.ts";
import { bucketDesk, type Desk, folderDesk } from "../queue-desk.ts";

/** So many are put on it at once, while others are still looked at. */
const AT_ONCE = 100;

/** Puts pictures on a queue. */
export async function enqueueCommand(
  queueText: string,
  flags: Readonly<Record<string, unknown>>,
): Promise<void> {
  const address = readAddress(queueText);
  const { pieces, options } = await readBatch(flags);
  const storageText = textFrom(flags.storage) ?? ".";
  const storage = openStorage(storageText, process.env);
  const desk = isBucket(storageText) ? bucketDesk(storage) : folderDesk(storageText, storage);
  const checked = await desk.check(pieces, options.network);
  const progress = await openProgress({ quiet: flags.quiet === true });
  if (checked.length < pieces.length) {
    progress.note(`Left out ${pieces.length - checked.length} of which an input is a result of this batch.`);
  }
  const queue = await openQueue(address);
  try {
    await storage.mark();
    // No more of an engine is needed than what it would say of its network: workers compute.
    const { network } = await openNetwork(options.network, process.env, options.convention);
    const { name, checksum, standsIn } = network;
    const engine = {
      network: { name, checksum, standsIn },
      runtime: { device: "cpu" as const, threads: 1 },
    };
    const look = lookOnce();
    const items: Item[] = [];
    const counts = { added: 0, before: 0 };
    let waiting: QueuedJob[] = [];
    const put = async (): Promise<void> => {
      const { added, before } = await queue.put(waiting);
      counts.added += added;
      counts.before += before;
      waiting = [];
    };
    for (const piece of checked) {
      progress.update(() => `Looking at picture ${items.length + 1} of ${checked.length}`);
      const item = await itemOf(piece, look, engine);
      const taken = item.state === "left" ? await takeIn(item, desk) : item;
      items.push(taken.state === "queued" ? item : taken);
      if (taken.state === "queued") waiting.push(taken.queued);
      if (waiting.length >= AT_ONCE) await put();
    }
    await put();
    report(items, counts, address.shown, flags.json === true, progress.note);
  } finally {
    progress.end();
    await queue.close();
  }
}

/** Makes an item ready for the queue; or it is finished, or cannot be made. */
async function takeIn(
  item: Extract<Item, { state: "left" }>,
  desk: Desk,
): Promise<Item | { readonly state: "queued"; readonly queued: QueuedJob }> {
  const { piece, found } = item;
  try {
    const job = openEnded(item.job, piece.options);
    const output = await desk.nameOf(piece.output);
    const id = idOf(job, output);
    if (await desk.isFinished(output, id)) return { piece, state: "finished" };
    return { state: "queued", queued: { id, job, output, files: await desk.bring(found) } };
  } catch (error) {
    return failed(piece, error);
  }
}

/** A job with what was not asked for left to who runs it: where to compute, and with how many threads. */
function openEnded(job: Job, { device, threads }: Options): Job {
  const { threads: _, ...options } = job.options;
  return jobFrom({
    ...job,
    device,
    options: { ...options, device, ...(threads === undefined ? {} : { threads }) },
  });
}

/** Says what came of it. @throws ImpastoError where some cannot be made. */
function report(
  items: readonly Item[],
  { added, before }: { readonly added: number; readonly before: number },
  queue: string,
  json: boolean,
  note: (text: string) => void,
): void {
  const count = (state: Item["state"]): number => items.filter((item) => item.state === state).length;
  const [finished, failures] = [count("finished"), count("failed")];
  const parts = [
    `put ${added} on ${queue}`,
    ...(before === 0 ? [] : [`${before} are on it already`]),
    ...(finished === 0 ? [] : [`${finished} finished before`]),
    ...(failures === 0 ? [] : [`${failures} failed`]),
  ];
  note(`Done: ${parts.join(", ")}.`);
  if (json) {
    const pictures = items.map(({ piece: { output }, ...item }) => ({
      output,
      state: item.state === "left" ? "queued" : item.state,
      ...(item.state === "failed" ? { reason: item.reason } : {}),
    }));
    process.stdout.write(
      `${printableJson({ queue, added, before, finished, failed: failures, pictures })}\n`,
    );
  }
  const told = writeFailures(items);
  if (told !== undefined) throw new ImpastoError(told);
}
