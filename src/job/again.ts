/**
 * Jobs made again from their recipes, with some options changed. A recipe has every option as it was used; what the preset
 * would have chosen anyway is the preset's to choose again, so that a larger picture has as many sizes as its size asks for.
 * @module
 */
import type { Options } from "../transfer/options.ts";
import { termOptions } from "../transfer/terms/table.ts";
import { type Job, usualOptions } from "./recipe.ts";

/** Options by their names, as a person gave them. */
export type UncheckedOptions = Readonly<Record<string, unknown>>;

/** What another preset has its own choices of, in its own units. */
const PRESETS_OWN = [
  ...Object.keys(termOptions),
  "scales",
  "iterations",
  "edges",
  "pooling",
  "optimizer",
  "learningRate",
  "history",
];

/**
 * How many sizes there are to work through from a picture of one size: those that are larger, and at least the last.
 * @param sizes the longest sides of the sizes that there would be otherwise.
 */
export const scalesFrom = (longest: number, sizes: readonly number[]): number =>
  Math.max(1, sizes.filter((size) => size > longest).length);

/**
 * The options of a job with some of them changed. What contradicts a change goes with it: weights with a strength, all that
 * an optimiser alone has with another optimiser, all that presets choose with another preset.
 * @example parseOptions(optionsAgain(jobFrom(recipe), { size: 2048 }))
 */
export function optionsAgain(job: Job, changes: UncheckedOptions): UncheckedOptions {
  const { preset = job.options.preset, optimizer = job.options.optimizer } = changes;
  const dropped = [
    ...(preset === job.options.preset ? [] : PRESETS_OWN),
    ...(optimizer === job.options.optimizer ? [] : ["history", "learningRate"]),
    ...(changes.strength === undefined ? [] : ["contentWeight", "styleWeight"]),
  ];
  const kept = Object.entries(chosenOptions(job)).filter(([name]) => !dropped.includes(name));
  return { ...Object.fromEntries(kept), size: Math.max(job.size.width, job.size.height), ...changes };
}

/** Those options of a job that are not as its preset has them anyway; its threads were those of a machine. */
function chosenOptions({ options: { threads: _, ...options }, size }: Job): Partial<Options> {
  const usual = usualOptions(options.preset, size);
  const isUsual = (name: string, value: unknown): boolean =>
    JSON.stringify(value) === JSON.stringify(Reflect.get(usual, name));
  const chosen = Object.entries(options).filter(([name, value]) => !isUsual(name, value));
  return { ...Object.fromEntries(chosen), preset: options.preset };
}
