/**
 * The kinds of loss there are. A new one is its file and its name in {@link TERM_KINDS}: its options, what presets say of it
 * and its terms follow from there.
 * @module
 */
import type { Term, TermKind } from "../term.ts";
import { content } from "./content.ts";
import { smoothness } from "./smoothness.ts";
import { style } from "./style.ts";

/** The kinds, in the order in which their losses are told. */
export const TERM_KINDS = [content, style, smoothness] as const;

type Kind = (typeof TERM_KINDS)[number];

/** All members of a union at once. */
type All<Union> = (Union extends unknown ? (one: Union) => void : never) extends (all: infer Every) => void
  ? Every
  : never;

type ChoicesOf<Some> = Some extends TermKind<infer _Weights, infer _Options, infer Choices> ? Choices : never;

/** What a preset says of all of them. */
export type TermChoices = All<ChoicesOf<Kind>>;

/** Options for all of them. */
export type TermOptions = All<Parameters<Kind["choose"]>[0]>;

/** The schema of their options. */
export const termOptions: All<Kind["options"]> = Object.assign(
  {},
  ...TERM_KINDS.map(({ options }) => options),
);

/** That of those options that only change what terms count. */
export const weightOptions: All<Kind["weights"]> = Object.assign(
  {},
  ...TERM_KINDS.map(({ weights }) => weights),
);

/** The options with which `measure` takes them in. */
export const measuredTerms: All<Kind["measured"]> = Object.assign(
  {},
  ...TERM_KINDS.map(({ measured }) => measured),
);

/** Lets options override a preset. */
export const chooseTerms = (options: TermOptions, preset: TermChoices): TermChoices =>
  Object.assign({ ...preset }, ...TERM_KINDS.map((kind) => kind.choose(options, preset)));

/**
 * The terms of the total loss, also those that count nothing at present.
 * @param masked for each region of styles whether a mask says where it is; one region without, when absent.
 */
export const termsOf = (choices: TermChoices, masked: readonly boolean[] = [false]): readonly Term[] =>
  TERM_KINDS.flatMap((kind) => kind.terms(choices, masked));
