/**
 * What a run would take, asked for once the hand rests; an answer to an older question is dropped.
 * @module
 */
import { effect, type ReadonlySignal, signal } from "@preact/signals";
import type { Estimate, RunRequest } from "../../engine.ts";
import { type Clock, whenQuiet } from "./clock.ts";
import { failureOf } from "./failure.ts";

/** Milliseconds without a change. */
const QUIET = 250;

/** The estimate for what is asked for at present. */
export function createEstimates(
  request: ReadonlySignal<RunRequest | undefined>,
  estimate: (request: RunRequest) => Promise<Estimate>,
  clock: Clock,
): {
  readonly newest: ReadonlySignal<Estimate | undefined>;
  readonly refused: ReadonlySignal<string | undefined>;
  again(): void;
} {
  const newest = signal<Estimate | undefined>(undefined);
  const refused = signal<string | undefined>(undefined);
  let question = 0;
  const ask = async (): Promise<void> => {
    const asked = request.peek();
    question += 1;
    const own = question;
    if (asked === undefined) {
      newest.value = undefined;
      return;
    }
    try {
      const answer = await estimate(asked);
      if (own !== question) return;
      newest.value = answer;
      refused.value = undefined;
    } catch (error) {
      if (own !== question) return;
      newest.value = undefined;
      refused.value = failureOf(error).message;
    }
  };
  const later = whenQuiet(clock, QUIET, () => void ask());
  effect(() => {
    request.value;
    later.soon();
  });
  return { newest, refused, again: () => later.soon() };
}
