/**
 * Time as the page's state needs it, so that it can be tried without waiting.
 * @module
 */

/** Tells the time, and calls back once. */
export interface Clock {
  /** Milliseconds since any moment. */
  now(): number;
  /** Calls after so many milliseconds; the function that it returns prevents that. */
  after(milliseconds: number, call: () => void): () => void;
}

/** The machine's own. */
export const systemClock = (): Clock => ({
  now: () => Date.now(),
  after(milliseconds, call) {
    const timer = setTimeout(call, milliseconds);
    return () => clearTimeout(timer);
  },
});

/** Calls once it has been quiet for so long; a further call begins the wait anew. */
export function whenQuiet(
  clock: Clock,
  milliseconds: number,
  call: () => void,
): { soon(): void; cancel(): void } {
  let cancel = (): void => undefined;
  return {
    soon() {
      cancel();
      cancel = clock.after(milliseconds, call);
    },
    cancel: () => cancel(),
  };
}
