/**
 * A grid of variants: each strength with each choice of paintings, as drafts to be begun together.
 * @module
 */

import type { Draft } from "./draft.ts";
import { choose } from "./options.ts";

/** What the grid is made of. */
export interface VariantsAsked {
  readonly strengths: readonly number[];
  /** Each painting alone instead of all of them blended. */
  readonly apart: boolean;
  /** Longest side; small ones are quickly compared. */
  readonly size: number;
}

/** The most pictures in a grid. */
export const MOST_VARIANTS = 24;

/** So many strengths, evenly over what is of use. */
export const strengthsOf = (count: number): readonly number[] =>
  count === 1
    ? [0.5]
    : Array.from(
        { length: count },
        (_, place) => Math.round(100 * (0.2 + (0.7 * place) / (count - 1))) / 100,
      );

/** The drafts, strengths from left to right, paintings from top to bottom. */
export function variantsOf(draft: Draft, { strengths, apart, size }: VariantsAsked): readonly Draft[] {
  const choices = apart
    ? draft.styles.map((style) => [{ ...style, weight: style.weight || 1 }])
    : [[...draft.styles]];
  const sized = choose(draft.options, "size", size).options ?? draft.options;
  return choices
    .flatMap((styles) =>
      strengths.map((strength) => ({
        ...draft,
        styles,
        options: choose(sized, "strength", strength).options ?? sized,
      })),
    )
    .slice(0, MOST_VARIANTS);
}
