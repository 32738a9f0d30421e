/**
 * Runs a transfer to its end for a command that has signals to hear. What is shown of each step is the command's to say.
 * @module
 */
import { setImmediate } from "node:timers/promises";
import type { Iterate, Stylization } from "../transfer/iterate.ts";

/** Runs to the end, telling of each step and letting signals in between. */
export async function follow(
  steps: AsyncGenerator<Iterate, Stylization>,
  onIterate: (iterate: Iterate) => void | Promise<void>,
): Promise<Stylization> {
  for (;;) {
    const step = await steps.next();
    if (step.done) return step.value;
    await onIterate(step.value);
    await letSignalsIn();
  }
}

/** Evaluations keep the thread busy one after another: gives the event loop one whole turn to see a signal in. */
export async function letSignalsIn(): Promise<void> {
  await setImmediate();
  await setImmediate();
}
