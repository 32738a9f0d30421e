/**
 * What a screen reader is told on its own account: at most one sentence in ten seconds, the newest.
 * @module
 */
import { type ReadonlySignal, signal } from "@preact/signals";
import type { Clock } from "./clock.ts";

/** Milliseconds between two sentences. */
export const ANNOUNCE_EVERY = 10_000;

/** Says sentences aloud, not too often. */
export interface Announcer {
  readonly said: ReadonlySignal<string>;
  say(sentence: string): void;
}

export function createAnnouncer(clock: Clock): Announcer {
  const said = signal("");
  let last = Number.NEGATIVE_INFINITY;
  let waiting: string | undefined;
  const speak = (sentence: string): void => {
    last = clock.now();
    said.value = sentence;
  };
  return {
    said,
    say(sentence) {
      const wait = last + ANNOUNCE_EVERY - clock.now();
      if (waiting !== undefined) {
        waiting = sentence;
      } else if (wait <= 0) {
        speak(sentence);
      } else {
        waiting = sentence;
        clock.after(wait, () => {
          const newest = waiting;
          waiting = undefined;
          if (newest !== undefined) speak(newest);
        });
      }
    },
  };
}
