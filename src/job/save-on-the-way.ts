/**
 * When a run is saved on its way: every so often while it goes on, and once more where somebody wishes to stop it, which
 * then waits for that. Where it is saved, and how, whoever asks for it says.
 * @module
 */
import type { Iterate } from "../transfer/iterate.ts";
import type { RunState } from "../transfer/run-state.ts";

/** When and how to save. */
export interface Saving {
  /** Seconds between two. */
  readonly every: number;
  /** Whether the first evaluation is saved. @default true */
  readonly atOnce?: boolean;
  /** The wish to stop. */
  readonly stop: AbortSignal;
  /** Saves a state. It is asked for the next one when it has ended. @throws never. */
  save(state: RunState): Promise<void>;
}

/** What saves a run on its way. */
export interface OnTheWay {
  /** Stops the run, once somebody wishes that and what was made is saved. */
  readonly signal: AbortSignal;
  /** Told of each evaluation; the run waits no longer than it takes to copy its state. */
  see(iterate: Pick<Iterate, "state">): Promise<void>;
  /** Waits for what is being saved, and hears of no wish any more. */
  settled(): Promise<void>;
}

/** Begins to save a run. */
export function saveOnTheWay({ every, atOnce = true, stop, save }: Saving): OnTheWay {
  const controller = new AbortController();
  let last = atOnce ? Number.NEGATIVE_INFINITY : performance.now();
  let unsaved = false;
  let saving: Promise<void> | undefined;

  // An evaluation may take minutes: only what would be lost is worth the wait for its end.
  const onStop = (): void => {
    if (!unsaved) controller.abort();
  };
  if (stop.aborted) onStop();
  stop.addEventListener("abort", onStop);
  return {
    signal: controller.signal,
    async see(iterate) {
      unsaved = true;
      const soon = performance.now() - last < 1000 * every;
      if (!stop.aborted && (soon || saving !== undefined)) return;
      await saving;
      const state = await iterate.state();
      unsaved = false;
      last = performance.now();
      saving = save(state).finally(() => {
        saving = undefined;
      });
      if (stop.aborted) controller.abort();
    },
    async settled() {
      stop.removeEventListener("abort", onStop);
      await saving;
    },
  };
}
