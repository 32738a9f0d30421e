/**
 * `impasto batch`: makes many pictures one after another with one engine. What is finished already is left as it is; what
 * fails is told at the end, and the others are made.
 * @module
 */
import { ImpastoError, MisuseError } from "../../errors.ts";
import { recipeOf, writeRecipe } from "../../job/recipe.ts";
import type { JobRunner } from "../../job/runner.ts";
import type { Iterate } from "../../transfer/iterate.ts";
import { withEngine } from "../at-work.ts";
import { type CheckedPiece, checkPieces } from "../batch/check.ts";
import { writeFailures } from "../batch/failures.ts";
import { failed, type Item, itemOf, lookOnce } from "../batch/items.ts";
import { readBatch } from "../batch/pieces.ts";
import { costOf, type Done, secondsLeft } from "../batch/time-left.ts";
import { readFound } from "../find-inputs.ts";
import { printableJson } from "../printable.ts";
import { openProgress, type Progress, writeSeconds } from "../progress.ts";
import { openTarget } from "../target.ts";
import { readSoftware } from "../version.ts";

/** Makes many pictures, or leaves that to the workers of a queue. */
export async function batchCommand(flags: Readonly<Record<string, unknown>>): Promise<void> {
  const { queue, storage } = flags;
  if (typeof queue === "string") {
    const { enqueueCommand } = await import("./enqueue.ts");
    return enqueueCommand(queue, flags);
  }
  if (storage !== undefined) {
    throw new MisuseError("--storage is for --queue: name a queue with it, or leave it out.");
  }
  const { pieces, options } = await readBatch(flags);
  const checked = await checkPieces(pieces, options.network);
  const progress = await openProgress({ quiet: flags.quiet === true });
  if (checked.length < pieces.length) {
    progress.note(`Left out ${pieces.length - checked.length} of which an input is a result of this batch.`);
  }
  await withEngine({ ...options, reuse: true }, progress, async (runner, { signal, exitCode }) => {
    const items = await lookAtAll(checked, runner, progress, signal);
    if (!signal.aborted) await makeAll(items, runner, progress, signal);
    const stopped = items.length < checked.length || items.some(({ state }) => state === "left");
    if (stopped) process.exitCode = exitCode();
    const counts = countsOf(items, checked.length);
    progress.note(`${stopped ? "Stopped" : "Done"}: ${writeCounts(counts)}.`);
    if (flags.json) {
      process.stdout.write(`${printableJson({ ...counts, stopped, pictures: items.map(reportOf) })}\n`);
    }
    const failures = writeFailures(items);
    if (failures === undefined) return;
    if (!stopped) throw new ImpastoError(failures);
    progress.note(failures);
  });
}

/** Looks at all files, or at fewer where the signal came. */
async function lookAtAll(
  pieces: readonly CheckedPiece[],
  { engine }: JobRunner,
  progress: Progress,
  signal: AbortSignal,
): Promise<Item[]> {
  const look = lookOnce();
  const items: Item[] = [];
  for (const piece of pieces) {
    if (signal.aborted) break;
    progress.update(() => `Looking at picture ${items.length + 1} of ${pieces.length}`);
    items.push(await itemOf(piece, look, engine));
  }
  return items;
}

/** Makes what is left, until the signal comes; each is put in the place of what was to be made. */
async function makeAll(
  items: Item[],
  runner: JobRunner,
  progress: Progress,
  signal: AbortSignal,
): Promise<void> {
  const done: Done[] = [];
  for (const [index, item] of items.entries()) {
    if (item.state !== "left") continue;
    const { piece, job } = item;
    const began = performance.now();
    const elapsed = (): number => (performance.now() - began) / 1000;
    const cost = costOf(job);
    const toCome = items.slice(index + 1).flatMap((one) => (one.state === "left" ? [costOf(one.job)] : []));
    const update = ({ size, evaluation, evaluations, secondsLeft: left }: Iterate): string => {
      const present = { cost, secondsElapsed: elapsed(), secondsLeft: left };
      const all = secondsLeft(done, present, toCome);
      const time = all === undefined ? "" : `, ${writeSeconds(all)} left for all`;
      return `${index + 1} of ${items.length}: ${piece.output}  ${size.width}×${size.height}  ${evaluation}/${evaluations}${time}`;
    };
    const made = await makeOne(item, runner, signal, elapsed, (iterate) =>
      progress.update(() => update(iterate)),
    );
    if (made === undefined) return;
    items[index] = made;
    if (made.state !== "made") continue;
    done.push({ cost, seconds: made.seconds });
    progress.note(`Wrote ${piece.output} (${index + 1} of ${items.length}, ${writeSeconds(made.seconds)})`);
  }
}

/** What became of a picture; undefined where the signal came before it was done. */
async function makeOne(
  { piece, job, found }: Extract<Item, { state: "left" }>,
  runner: JobRunner,
  signal: AbortSignal,
  elapsed: () => number,
  onIterate: (iterate: Iterate) => void,
): Promise<Item | undefined> {
  try {
    // Its folder may be gone by now, which is better known before the work.
    const target = await openTarget(piece.output, [], piece.options.depth);
    const io = readFound(found, piece.options, () => {});
    const result = await runner.run(job, io, { signal }, onIterate);
    if (result.stopped) return undefined;
    await target.write(result.picture, writeRecipe(recipeOf(job, result, readSoftware())));
    return { piece, state: "made", seconds: elapsed() };
  } catch (error) {
    return failed(piece, error);
  }
}

/** How many there are of each kind. */
function countsOf(items: readonly Item[], all: number) {
  const count = (wanted: Item["state"]): number => items.filter(({ state }) => state === wanted).length;
  const [made, finished, failures] = [count("made"), count("finished"), count("failed")];
  return { made, finished, failed: failures, left: all - made - finished - failures };
}

function writeCounts({ made, finished, failed: failures, left }: ReturnType<typeof countsOf>): string {
  const parts = [
    `made ${made}`,
    ...(finished === 0 ? [] : [`${finished} finished before`]),
    ...(failures === 0 ? [] : [`${failures} failed`]),
    ...(left === 0 ? [] : [`${left} left, which the same command goes on with`]),
  ];
  return parts.join(", ");
}

/** A picture as `--json` prints it. */
function reportOf({ piece, ...item }: Item) {
  const { content, styles, keep, output } = piece;
  const { state } = item;
  return {
    output,
    content,
    styles,
    ...(keep === undefined ? {} : { keep }),
    state,
    ...(item.state === "failed" ? { reason: item.reason } : {}),
    ...(item.state === "made" ? { seconds: item.seconds } : {}),
  };
}
