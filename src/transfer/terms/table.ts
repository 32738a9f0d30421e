/**
 * The kinds of loss there are. A new one is added here alone, to each of the lists.
 * @module
 */
import type { Term } from "../term.ts";
import { type ContentChoices, content } from "./content.ts";
import { type SmoothnessChoices, smoothness } from "./smoothness.ts";
import { type StyleChoices, style } from "./style.ts";

/** The kinds, in the order in which their losses are told. */
export const TERM_KINDS = [content, style, smoothness] as const;

/** Their options. */
export const termOptions = { ...content.options, ...style.options, ...smoothness.options };

/** Those that only change what terms count. */
export const weightOptions = { ...content.weights, ...style.weights, ...smoothness.weights };

/** What a preset says of all of them. */
export type TermChoices = ContentChoices & StyleChoices & SmoothnessChoices;

/** Options for all of them. */
export type TermOptions = Parameters<typeof content.choose>[0] &
  Parameters<typeof style.choose>[0] &
  Parameters<typeof smoothness.choose>[0];

/** Lets options override a preset. */
export const chooseTerms = (options: TermOptions, preset: TermChoices): TermChoices => ({
  ...preset,
  ...content.choose(options, preset),
  ...style.choose(options, preset),
  ...smoothness.choose(options, preset),
});

/** The terms of the total loss, also those that count nothing at present. */
export const termsOf = (choices: TermChoices): readonly Term[] =>
  TERM_KINDS.flatMap((kind) => kind.terms(choices));

/** The options with which `measure` takes them in. */
export const measuredTerms = { ...content.measured, ...style.measured, ...smoothness.measured };
