/**
 * As many engines as pictures are made at once, each opened for the first job that needs it and kept for those after. A job
 * that needs another engine takes the place of the one before, for memory was divided by their number.
 * @module
 */
import { ImpastoError } from "../errors.ts";
import type { Job } from "../job/recipe.ts";
import type { JobRunner } from "../job/runner.ts";

/** This machine has not what a job needs: a network, a device. Another may. */
export class NoEngineError extends ImpastoError {
  override readonly name = "NoEngineError";
}

/** Opens what a job can be run with. */
export type OpenRunner = (job: Job) => Promise<JobRunner>;

/** The place of one picture at a time. */
export interface Slot {
  /** @throws NoEngineError */
  runnerFor(job: Job): Promise<JobRunner>;
  /** Closes the engine, of which nobody knows what state it is in; the next job opens another. */
  drop(): Promise<void>;
}

/** All places. */
export interface Slots {
  /** Does some work in a place that is free, and there is always one for as much work as there are places. */
  use<Result>(work: (slot: Slot) => Promise<Result>): Promise<Result>;
  close(): Promise<void>;
}

/** Makes them. */
export function makeSlots(count: number, open: OpenRunner): Slots {
  const slots = Array.from({ length: count }, () => makeSlot(open));
  const free = [...slots];
  return {
    async use(work) {
      const slot = free.pop();
      if (slot === undefined) throw new Error(`All ${count} places are taken.`);
      try {
        return await work(slot);
      } finally {
        free.push(slot);
      }
    },
    async close() {
      await Promise.all(slots.map((slot) => slot.drop()));
    },
  };
}

function makeSlot(open: OpenRunner): Slot {
  let opened: { readonly key: string; readonly runner: JobRunner } | undefined;
  const drop = async (): Promise<void> => {
    const closing = opened;
    opened = undefined;
    await closing?.runner.close();
  };
  return {
    drop,
    async runnerFor(job) {
      const key = keyOf(job);
      if (opened?.key === key) return opened.runner;
      await drop();
      const runner = await open(job).catch((cause: unknown) => {
        if (!(cause instanceof ImpastoError)) throw cause;
        throw new NoEngineError(cause.message, { cause, lacks: cause.lacks });
      });
      opened = { key, runner };
      return runner;
    },
  };
}

/** Jobs with the same text run on one engine. */
const keyOf = ({ network, options: { device, threads, convention } }: Job): string =>
  JSON.stringify([network.checksum, device, threads, convention]);
