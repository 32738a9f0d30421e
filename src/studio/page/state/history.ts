/**
 * What can be undone, newest last: each entry knows how to take itself back.
 * @module
 */
import { type ReadonlySignal, signal } from "@preact/signals";

/** Something that was done. */
export interface Done {
  /** What it was: "The stroke". */
  readonly what: string;
  undo(): void;
}

/** What was done. */
export interface History {
  readonly newest: ReadonlySignal<Done | undefined>;
  push(done: Done): void;
  /** Takes the newest back, and tells what it was. */
  undo(): string | undefined;
  /** Takes one back out of turn, if it was not before. */
  undoThis(done: Done): void;
}

/** More are forgotten. */
const MOST = 200;

export function createHistory(): History {
  let entries: readonly Done[] = [];
  const newest = signal<Done | undefined>(undefined);
  const set = (next: readonly Done[]): void => {
    entries = next;
    newest.value = next.at(-1);
  };
  const undoThis = (done: Done): void => {
    if (!entries.includes(done)) return;
    set(entries.filter((entry) => entry !== done));
    done.undo();
  };
  return {
    newest,
    push: (done) => set([...entries, done].slice(-MOST)),
    undo() {
      const done = entries.at(-1);
      if (done === undefined) return undefined;
      undoThis(done);
      return done.what;
    },
    undoThis,
  };
}
