/**
 * Runs a transfer to its end for a command that has signals to hear. What is shown of each step is the command's to say.
 * @module
 */
import { setImmediate } from "node:timers/promises";
import type { Iterate, Stylization } from "../transfer/iterate.ts";
import { drain } from "../transfer/stylize.ts";

/** Runs to the end, telling of each step and letting signals in between. */
export const follow = (
  steps: AsyncGenerator<Iterate, Stylization>,
  onIterate: (iterate: Iterate) => void | Promise<void>,
): Promise<Stylization> =>
  drain(steps, async (iterate) => {
    await onIterate(iterate);
    await letSignalsIn();
  });

/** Evaluations keep the thread busy one after another: gives the event loop one whole turn to see a signal in. */
export async function letSignalsIn(): Promise<void> {
  await setImmediate();
  await setImmediate();
}
