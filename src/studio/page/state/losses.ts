/**
 * The losses of the run that is looked at, while somebody looks at them: fetched again as it goes on, one request at a time.
 * @module
 */
import { effect, type ReadonlySignal, signal } from "@preact/signals";
import type { LossPoint, Run } from "../../engine.ts";
import type { Clock } from "./clock.ts";

/** Milliseconds between two looks. */
const EVERY = 1500;

/** A line of the chart. */
export interface LossLine {
  readonly term: string;
  readonly points: readonly { readonly x: number; readonly y: number }[];
  readonly newest: number;
}

/** The losses, and whether anybody looks. */
export interface Losses {
  readonly points: ReadonlySignal<readonly LossPoint[]>;
  readonly open: ReadonlySignal<boolean>;
  show(open: boolean): void;
}

export function createLosses(
  run: ReadonlySignal<Run | undefined>,
  fetch: (id: string) => Promise<readonly LossPoint[]>,
  clock: Clock,
): Losses {
  const points = signal<readonly LossPoint[]>([]);
  const open = signal(false);
  let busy = false;
  let missed = false;
  let shown: string | undefined;

  async function look(id: string): Promise<void> {
    if (busy) {
      missed = true;
      return;
    }
    busy = true;
    try {
      const answer = await fetch(id);
      if (run.peek()?.id === id) points.value = answer;
    } catch {
      // They come with the next event.
    }
    clock.after(EVERY, () => {
      busy = false;
      const current = run.peek()?.id;
      if (missed && current !== undefined) void look(current);
      missed = false;
    });
  }

  effect(() => {
    const { id, revision } = run.value ?? {};
    if (id !== shown) points.value = [];
    shown = id;
    if (open.value && id !== undefined && revision !== undefined) void look(id);
  });
  return {
    points,
    open,
    show: (wanted) => {
      open.value = wanted;
    },
  };
}

/** One line for each term, in the order in which they are told; what is 0 everywhere has none. */
export function linesOf(points: readonly LossPoint[]): readonly LossLine[] {
  const terms = [...new Set(points.flatMap(({ loss }) => Object.keys(loss)))];
  return terms.flatMap((term) => {
    const own = points.flatMap(({ evaluations, loss }) => {
      const y = loss[term];
      return y !== undefined && y > 0 && Number.isFinite(y) ? [{ x: evaluations, y }] : [];
    });
    const newest = own.at(-1);
    return newest === undefined ? [] : [{ term, points: own, newest: newest.y }];
  });
}
