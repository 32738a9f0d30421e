/**
 * What `impasto sheet` takes: strengths, and the options of a transfer but for those that a strength stands for and those
 * of files. It is loaded for `--help` too, so it must not know the work.
 * @module
 */
import { MisuseError } from "../errors.ts";
import { required } from "../required.ts";
import { optionFields, parseOptions } from "../transfer/options.ts";
import { numberFrom } from "./flags.ts";

/** A quick run: enough to see what a strength does. */
export const SHEET_DEFAULTS = { size: 192, iterations: 30 } as const;

/** The strengths where none are named. */
export const SHEET_STRENGTHS = "0.1,0.3,0.5,0.7,0.9";

/** The strength and all that it replaces, and what is for files that are to be kept. */
const NOT_FOR_CELLS = ["strength", "contentWeight", "styleWeight", "depth", "profile"];

/** The names of the options that all cells of a sheet share. */
export const sheetOptions = (): readonly string[] =>
  optionFields()
    .map(({ name }) => name)
    .filter((name) => !NOT_FOR_CELLS.includes(name));

/**
 * Reads a list of strengths, `0.2,0.5,0.8`, and keeps its order.
 * @throws MisuseError for one that is no strength, or stands there twice.
 */
export function parseStrengths(text: string): readonly number[] {
  const strengths = text.split(",").map(parseStrength);
  const twice = strengths.find((strength, index) => strengths.indexOf(strength) !== index);
  if (twice !== undefined)
    throw new MisuseError(`Expected each strength once for --strengths but received ${twice} twice.`);
  return strengths;
}

/** The schema judges, and its message is put in the words of the list. */
function parseStrength(part: string): number {
  const written = part.trim();
  const { strength } = parseOptions({ strength: numberFrom(written) ?? written }, () => "--strengths");
  return required(strength, "strength");
}
