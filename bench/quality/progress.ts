/**
 * Whether progress told the truth.
 * @module
 */
import type { Case } from "./run-case.ts";

/** From where on an estimate is held against what came, and up to where what is left is still worth estimating. */
const [FROM, TO] = [0.1, 0.95];

/**
 * The worst error of the time left, as a part of what was left, from a tenth of the way on.
 * @returns undefined where no estimates were kept.
 */
export function worstEstimate({ seconds, trace }: Pick<Case, "seconds" | "trace">): number | undefined {
  const errors = trace.flatMap(({ seconds: now, secondsLeft }) => {
    const way = now / seconds;
    return secondsLeft === undefined || way < FROM || way > TO
      ? []
      : [Math.abs(secondsLeft / (seconds - now) - 1)];
  });
  return errors.length === 0 ? undefined : Math.max(...errors);
}
