/**
 * The draft over time: every change can be undone, and is written down at once, so that a reload loses nothing. With it is
 * written which run it belongs to, and what that run was begun with.
 * @module
 */
import { effect, type ReadonlySignal, signal } from "@preact/signals";
import * as z from "zod";
import { type Draft, draftFrom, EMPTY_DRAFT, type PictureRef } from "./draft.ts";
import type { History } from "./history.ts";
import type { Ports } from "./ports.ts";

/** What a run was begun with, and told since. */
export interface Baseline {
  readonly run: string;
  readonly draft: Draft;
}

/** The draft, and what goes with it. */
export interface Drafts {
  readonly now: ReadonlySignal<Draft>;
  readonly baseline: ReadonlySignal<Baseline | undefined>;
  /** Whether there was one from before. */
  readonly remembered: boolean;
  /** Changes it; a change to what it is already is none. */
  edit(what: string, change: (draft: Draft) => Draft): void;
  /** Puts another in its place, which cannot be undone: it came from elsewhere. */
  replace(draft: Draft): void;
  begun(baseline: Baseline): void;
  /** Notes a picture that was seen, by which it is found again where a run only names it. */
  note(picture: PictureRef): void;
  pictureOf(id: string): PictureRef | undefined;
  /** Reads it again: another tab may have written. */
  reload(): void;
}

const MOST_NOTED = 100;

const remembered = z.object({
  draft: z.unknown(),
  baseline: z.object({ run: z.string(), draft: z.unknown() }).optional(),
  pictures: z.array(z.object({ id: z.string(), name: z.string(), width: z.number(), height: z.number() })),
});

export function createDrafts(memory: Ports["memory"], history: History): Drafts {
  const first = read(memory);
  const now = signal<Draft>(first?.draft ?? EMPTY_DRAFT);
  const baseline = signal<Baseline | undefined>(first?.baseline);
  const pictures = signal<readonly PictureRef[]>(first?.pictures ?? []);

  effect(() => {
    const state = { draft: now.value, baseline: baseline.value, pictures: pictures.value };
    if (now.value !== EMPTY_DRAFT) memory.write(JSON.stringify(state));
  });

  return {
    now,
    baseline,
    remembered: first !== undefined,
    edit(what, change) {
      const before = now.peek();
      const after = change(before);
      if (JSON.stringify(before) === JSON.stringify(after)) return;
      now.value = after;
      history.push({
        what,
        undo: () => {
          now.value = before;
        },
      });
    },
    replace: (draft) => {
      now.value = draft;
    },
    begun: (begun) => {
      baseline.value = begun;
    },
    note: (picture) => {
      const { id, name, width, height } = picture;
      const others = pictures.peek().filter((noted) => noted.id !== id);
      pictures.value = [...others, { id, name, width, height }].slice(-MOST_NOTED);
    },
    pictureOf: (id) => pictures.peek().find((picture) => picture.id === id),
    reload() {
      const state = read(memory);
      if (state === undefined) return;
      now.value = state.draft;
      baseline.value = state.baseline;
      pictures.value = state.pictures;
    },
  };
}

function read(
  memory: Ports["memory"],
): { draft: Draft; baseline: Baseline | undefined; pictures: readonly PictureRef[] } | undefined {
  const text = memory.read();
  if (text === undefined) return undefined;
  const { data } = remembered.safeParse(parsed(text));
  const draft = draftFrom(JSON.stringify(data?.draft ?? null));
  if (data === undefined || draft === undefined) return undefined;
  const begun = draftFrom(JSON.stringify(data.baseline?.draft ?? null));
  const baseline =
    data.baseline === undefined || begun === undefined ? undefined : { run: data.baseline.run, draft: begun };
  return { draft, baseline, pictures: data.pictures };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
