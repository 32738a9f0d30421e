/**
 * Tries inputs one after another: kinds take turns, each input is made of a seed and its number alone, and what a child is
 * found to do wrong is tried once more in a fresh one.
 * @module
 */
import { randomFor } from "../training/random.ts";
import type { Found } from "./find.ts";
import type { Kind } from "./kind.ts";
import { type Bounds, type Outcome, startChild, type WatchedChild } from "./watched-child.ts";

/** What is to be tried. */
export interface Campaign {
  readonly kinds: readonly Kind[];
  /** The file whose `KINDS` they are. */
  readonly module: string;
  readonly seed: number;
  readonly bounds: Bounds;
  /** Which numbers are tried: the first, and how many; until `isOver` says so. */
  readonly first: number;
  readonly count: number;
  isOver(): boolean;
  onFind(found: Found): void;
  /** Told now and then. */
  onProgress?(tally: Tally): void;
}

/** How many there were of a kind, and what became of them. */
export interface Counts {
  taken: number;
  refused: number;
  finds: number;
}

/** How it stands. */
export interface Tally {
  readonly inputs: number;
  readonly byKind: ReadonlyMap<string, Counts>;
  /** The most bytes that a child held after an input. */
  readonly memory: number;
}

/** A child serves so many inputs: long enough to see it grow, short enough for what it did to be over. */
const INPUTS_OF_A_CHILD = 1500;

const PROGRESS_EVERY = 250;

/** Tries them. */
export async function fuzz(campaign: Campaign): Promise<Tally> {
  const { kinds, module, seed, bounds, first, count, isOver, onFind, onProgress } = campaign;
  const seeds = new Map<Kind, readonly Uint8Array[]>();
  for (const kind of kinds) seeds.set(kind, await kind.seeds());
  const turns = kinds.flatMap((kind) => new Array<Kind>(kind.share).fill(kind));
  const byKind = new Map(
    kinds.map(({ name }): [string, Counts] => [name, { taken: 0, refused: 0, finds: 0 }]),
  );
  const sorts = new Set<string>();
  let memory = 0;
  let inputs = 0;
  let child: WatchedChild | undefined;
  try {
    for (let index = first; index < first + count && !isOver(); index++) {
      const kind = turns[index % turns.length];
      const counts = kind && byKind.get(kind.name);
      if (kind === undefined || counts === undefined) break;
      const bytes = kind.input(seeds.get(kind) ?? [], randomFor(seed, index));
      if (child === undefined || child.ended() || inputs % INPUTS_OF_A_CHILD === 0) {
        await child?.end();
        child = await startChild(module, bounds);
      }
      const outcome = await child.give(kind.name, bytes);
      inputs += 1;
      if ("what" in outcome) {
        counts.finds += 1;
        // One of a sort is enough to mend it.
        const sort = `${kind.name} ${outcome.verdict} ${outcome.what.split("\n", 1)[0]?.replaceAll(/\d+/g, "#")}`;
        if (sorts.has(sort)) continue;
        sorts.add(sort);
        const again = await giveOnce(module, bounds, kind.name, bytes);
        const confirmed = again.verdict === outcome.verdict;
        onFind({ kind, seed, index, bytes, confirmed, verdict: outcome.verdict, what: outcome.what });
      } else {
        counts[outcome.verdict] += 1;
        memory = Math.max(memory, outcome.bytesOfMemory);
      }
      if (inputs % PROGRESS_EVERY === 0) onProgress?.({ inputs, byKind, memory });
    }
  } finally {
    await child?.end();
  }
  return { inputs, byKind, memory };
}

/** A fresh child is given twice the time: it has all its modules to load. */
export async function giveOnce(
  module: string,
  { seconds, memory }: Bounds,
  kind: string,
  bytes: Uint8Array,
): Promise<Outcome> {
  const child = await startChild(module, { seconds: 2 * seconds, memory });
  try {
    return await child.give(kind, bytes);
  } finally {
    await child.end();
  }
}
