/**
 * How long a batch will take, from how long its pictures have taken so far: a picture costs what its evaluations do, and
 * these what their pixels do.
 * @module
 */
import type { Job } from "../../job/recipe.ts";
import { resolveSettings } from "../../transfer/settings.ts";

/** A picture that was made. */
export interface Done {
  readonly cost: number;
  readonly seconds: number;
}

/** The picture that is being made. */
export interface Present {
  readonly cost: number;
  readonly secondsElapsed: number;
  /** Undefined as long as nobody knows. */
  readonly secondsLeft: number | undefined;
}

/** What a job costs, in evaluations of a pixel. */
export function costOf({ options, size }: Job): number {
  const longest = Math.max(size.width, size.height);
  return resolveSettings(options)
    .schedule(longest)
    .map((scale) => scale.iterations * size.width * size.height * (scale.longest / longest) ** 2)
    .reduce((sum, cost) => sum + cost, 0);
}

/**
 * The seconds that are left of all.
 * @param toCome what those cost that are not begun.
 * @returns undefined as long as nobody knows.
 */
export function secondsLeft(
  done: readonly Done[],
  present: Present,
  toCome: readonly number[],
): number | undefined {
  const estimate =
    present.secondsLeft === undefined
      ? []
      : [{ cost: present.cost, seconds: present.secondsElapsed + present.secondsLeft }];
  const known = [...done, ...estimate];
  if (known.length === 0) return undefined;
  const rate = sum(known.map(({ seconds }) => seconds)) / sum(known.map(({ cost }) => cost));
  const here = present.secondsLeft ?? Math.max(0, rate * present.cost - present.secondsElapsed);
  return here + rate * sum(toCome);
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
