/**
 * The options in groups, as a person looks through them: what is changed first stands first. An option that is not named
 * here belongs to how a picture is made, or, where a kind of loss declares it, to what counts.
 * @module
 */
import type { OptionName } from "./options.ts";
import { termOptions } from "./terms/table.ts";

/** The groups, in the order in which they are shown. */
export const OPTION_GROUPS = [
  "Often changed",
  "What counts",
  "How it is made",
  "The file",
  "The machine",
] as const;

/** One of {@link OPTION_GROUPS}. */
export type OptionGroup = (typeof OPTION_GROUPS)[number];

/** In the order in which they are shown, before any others of their group. */
const NAMED: Readonly<Partial<Record<OptionGroup, readonly OptionName[]>>> = {
  "Often changed": ["size", "strength", "styleScale", "color", "preset", "iterations"],
  "The file": ["depth", "profile"],
  "The machine": ["network", "convention", "device", "memory", "threads"],
};

/** The group of an option. */
export function groupOf(option: string): OptionGroup {
  const named = OPTION_GROUPS.find((group) => NAMED[group]?.some((name) => name === option));
  return named ?? (option in termOptions ? "What counts" : "How it is made");
}

/** Puts what stands for options in the order of their groups; within one, as it was. */
export function inGroups<Item extends { readonly name: string }>(items: readonly Item[]): readonly Item[] {
  return OPTION_GROUPS.flatMap((group) => {
    const own = items.filter(({ name }) => groupOf(name) === group);
    const first = (NAMED[group] ?? []).flatMap((option) => own.filter(({ name }) => name === option));
    return [...first, ...own.filter((item) => !first.includes(item))];
  });
}
