/**
 * Short sentences that come and go, each with at most one thing to do about it.
 * @module
 */
import { type ReadonlySignal, signal } from "@preact/signals";
import type { Clock } from "./clock.ts";

/** A sentence, and what can be done. */
export interface Notice {
  readonly id: number;
  readonly text: string;
  /** What went wrong stays until it is closed. */
  readonly wrong: boolean;
  readonly action?: { readonly label: string; run(): void };
}

/** The sentences that are shown. */
export interface Notices {
  readonly shown: ReadonlySignal<readonly Notice[]>;
  tell(text: string, action?: Notice["action"]): void;
  complain(text: string): void;
  close(id: number): void;
}

/** Long enough to read and to reach for. */
const STAY = 10_000;
const MOST = 3;

export function createNotices(clock: Clock): Notices {
  const shown = signal<readonly Notice[]>([]);
  let last = 0;
  const close = (id: number): void => {
    shown.value = shown.value.filter((notice) => notice.id !== id);
  };
  const show = (notice: Omit<Notice, "id">): number => {
    last += 1;
    const same = shown.value.filter(({ text }) => text !== notice.text);
    shown.value = [...same, { ...notice, id: last }].slice(-MOST);
    return last;
  };
  return {
    shown,
    close,
    tell(text, action) {
      const id = show({ text, wrong: false, ...(action === undefined ? {} : { action }) });
      clock.after(STAY, () => close(id));
    },
    complain: (text) => void show({ text, wrong: true }),
  };
}
