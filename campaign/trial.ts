/**
 * One trial: work is begun, struck at moments that nobody chose, gone on with, struck again, and at last done in peace.
 * @module
 */
import { type FSWatcher, watch } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type { Random } from "../training/random.ts";
import { problemsAtTheEnd, problemsIn } from "./check.ts";
import type { Fault } from "./faults.ts";
import { filesIn, makePlace, type Place } from "./place.ts";
import { type Ended, runToEnd, startCommand } from "./run-command.ts";
import type { Work } from "./works.ts";

/** What came of a trial. */
export interface TrialResult {
  /** How often it was struck, and how each of these processes ended. */
  readonly ends: readonly (number | string | null)[];
  readonly problems: readonly string[];
}

/** Commands in peace that it may take until all is done. */
const MOST_TURNS = 3;

/** Tries. */
export async function tryWork(work: Work, fault: Fault, random: Random): Promise<TrialResult> {
  const place = makePlace(work.files);
  const problems: string[] = [];
  const ends: (number | string | null)[] = [];
  const words = (): readonly string[] => work.words([...filesIn(place.folder).keys()]);
  try {
    for (let blows = 1 + random.below(3); blows > 0; blows--) {
      const { code, stderr, struck } = await strikeOnce(words(), work, fault, place, random);
      place.mend();
      if (struck) ends.push(code);
      if (!fault.mayEnd(code)) problems.push(`it ended with ${code}: ${stderr.slice(-400)}`);
      if (/Unexpected failure|^\s+at |It took more than/m.test(stderr))
        problems.push(`it said ${stderr.slice(-400)}`);
      problems.push(...(await problemsIn(work, place)));
      if (problems.length > 0) return { ends, problems };
    }
    for (let turn = 0; turn < MOST_TURNS; turn++) {
      const began = performance.now();
      const { code, stderr } = await runToEnd(words(), place);
      work.pace.milliseconds = performance.now() - began;
      if (code !== 0) problems.push(`in peace it ended with ${code}: ${stderr.slice(-400)}`);
      if (isDone(work, place) || code !== 0) break;
    }
    problems.push(...problemsAtTheEnd(work, place));
    return { ends, problems };
  } finally {
    place.mend();
    place.remove();
  }
}

/** Whether nothing is left to go on with. */
const isDone = (work: Work, { folder }: Place): boolean =>
  ![...filesIn(folder).keys()].some((name) => name.endsWith(".checkpoint")) && work.results.size > 0;

async function strikeOnce(
  words: readonly string[],
  work: Work,
  fault: Fault,
  place: Place,
  random: Random,
): Promise<Ended & { readonly struck: boolean }> {
  const moment = momentIn(place.folder, work.pace.milliseconds, random);
  const started = startCommand(words, place, fault.within?.(random) ?? []);
  const isOver = started.ended.then(() => true);
  const hasEnded = await Promise.race([isOver, moment.come.then(() => false)]);
  moment.release();
  if (!hasEnded) await fault.strike(started, place, random);
  return { ...(await started.ended), struck: !hasEnded || fault.within !== undefined };
}

/** Most of what can go wrong goes wrong where files are written: half of the moments come just after something was. */
function momentIn(folder: string, milliseconds: number, random: Random) {
  if (random.below(2) === 0) return { come: sleep(random.uniform() * milliseconds), release: () => {} };
  let left = 1 + Math.floor(2 ** (random.uniform() * 9));
  let watcher: FSWatcher | undefined;
  const come = new Promise<void>((resolve) => {
    watcher = watch(folder, () => {
      left -= 1;
      if (left === 0) resolve();
    });
  });
  return { come: come.then(() => sleep(random.below(4))), release: () => watcher?.close() };
}
