/**
 * The options as a person chooses them: what is left out is the preset's. The form is made from the schema, so that an option
 * that is added there is here as well; what contradicts another choice takes its place.
 * @module
 */
import type * as z from "zod";
import { groupOf, inGroups, type OptionGroup } from "../../../transfer/option-groups.ts";
import { type OptionField, optionFields, parseOptions } from "../../../transfer/options.ts";
import { resolveSettings, type Settings } from "../../../transfer/settings.ts";
import { weightOptions } from "../../../transfer/terms/table.ts";
import { studioOptions } from "../../engine.ts";

const { shape } = studioOptions;

/** The options that a page may give, none of them filled in. */
export const chosenOptions = studioOptions.extend({
  preset: shape.preset.removeDefault().optional(),
  styleScale: shape.styleScale.removeDefault().optional(),
  color: shape.color.removeDefault().optional(),
  noiseRatio: shape.noiseRatio.removeDefault().optional(),
  seed: shape.seed.removeDefault().optional(),
  network: shape.network.removeDefault().optional(),
});

/** What was chosen. */
export type ChosenOptions = Readonly<z.output<typeof chosenOptions>>;

/** Options that have a control of their own beside the form. */
const APART: readonly string[] = [
  "size",
  "strength",
  "styleScale",
  "smoothnessWeight",
  "color",
  "preset",
  "network",
];

/** Each takes the place of the others: they say the same in different words, or are for different optimisers. */
const EXCLUDES: Readonly<Record<string, readonly string[]>> = {
  strength: ["contentWeight", "styleWeight"],
  contentWeight: ["strength"],
  styleWeight: ["strength"],
  history: ["learningRate"],
  learningRate: ["history"],
};

/** A part of the form. */
export interface FieldGroup {
  readonly group: OptionGroup;
  readonly fields: readonly OptionField[];
}

/** The form: what a page may give and has no control of its own, in groups. */
export function formGroups(): readonly FieldGroup[] {
  const fields = inGroups(optionFields()).flatMap((field) => {
    if (!(field.name in shape) || APART.includes(field.name)) return [];
    // A page gives no file: what takes a word or a file elsewhere is a choice here.
    return [field.kind === "text" && field.words.length > 0 ? { ...field, kind: "choice" as const } : field];
  });
  const groups = [...new Set(fields.map(({ name }) => groupOf(name)))];
  return groups.map((group) => ({ group, fields: fields.filter(({ name }) => groupOf(name) === group) }));
}

/** Options after a choice, or what is wrong with it. */
export type Choice =
  | { readonly options: ChosenOptions; readonly expected?: never }
  | { readonly options?: never; readonly expected: string };

/** With one option chosen, or left to the preset again where the value is undefined. */
export function choose(options: ChosenOptions, name: string, value: unknown): Choice {
  const excluded = value === undefined ? [] : (EXCLUDES[name] ?? []);
  const others = Object.entries(options).filter(([other]) => other !== name && !excluded.includes(other));
  const parsed = chosenOptions.safeParse({
    ...Object.fromEntries(others),
    ...(value === undefined ? {} : { [name]: value }),
  });
  if (!parsed.success) return { expected: expectationOf(name) };
  try {
    settingsOf(parsed.data);
  } catch (error) {
    return { expected: error instanceof Error ? error.message : String(error) };
  }
  return { options: parsed.data };
}

const expectationOf = (name: string): string =>
  `Expected ${optionFields().find((field) => field.name === name)?.expected ?? "another value"}.`;

/** What was chosen, with all that the preset decides. @throws MisuseError for choices that contradict each other. */
export const settingsOf = (options: ChosenOptions): Settings => resolveSettings(parseOptions(options));

/** What a text in a field of the form means; undefined for an empty one. */
export function meantBy({ kind, words }: Pick<OptionField, "kind" | "words">, text: string): unknown {
  const trimmed = text.trim();
  if (trimmed === "") return undefined;
  if (kind === "layers") return layersFrom(trimmed);
  if (words.includes(trimmed)) return trimmed;
  return kind === "integer" || kind === "number" ? Number(trimmed.replace(",", ".")) : trimmed;
}

/** `conv1_1:0.5, conv2_1`: names with their weights, 1 where none is said. */
function layersFrom(text: string): unknown {
  const parts = text.split(/[\s,]+/).filter((part) => part !== "");
  return Object.fromEntries(
    parts.map((part) => {
      const [layer = "", weight = "1"] = part.split(":");
      return [layer, Number(weight)];
    }),
  );
}

/** A value as a field of the form shows it. */
export function textOf(value: unknown): string {
  if (value === undefined) return "";
  if (typeof value === "number") return String(Number(value.toPrecision(4)));
  if (typeof value !== "object" || value === null) return String(value);
  return Object.entries(value)
    .map(([layer, weight]) => (weight === 1 ? layer : `${layer}:${weight}`))
    .join(", ");
}

/** What an option comes to where nothing was chosen for it. */
export function presetsOwn(options: ChosenOptions, name: string): unknown {
  const { [name]: _, ...others } = Object.fromEntries(Object.entries(options));
  const parsed = chosenOptions.safeParse(others);
  const base = parsed.success ? parsed.data : {};
  const settings = settingsOf(base);
  if (name === "optimizer") return settings.optimizer.kind;
  if (name === "learningRate")
    return settings.optimizer.kind === "adam" ? settings.optimizer.learningRate : undefined;
  if (name === "history") return settings.optimizer.kind === "lbfgs" ? settings.optimizer.history : undefined;
  if (name === "strength") return 0.5;
  const value: unknown = Reflect.get(settings, name);
  return typeof value === "function" ? undefined : value;
}

/** An option whose value changes. */
export interface Difference {
  readonly name: string;
  readonly from: string;
  readonly to: string;
}

/** What differs between two choices once the presets have filled them in. */
export function differencesBetween(before: ChosenOptions, after: ChosenOptions): readonly Difference[] {
  const names = Object.keys(shape).filter((name) => name !== "network" || before.network !== after.network);
  return names.flatMap((name) => {
    const [from, to] = [before, after].map((options) => {
      const own: unknown = Reflect.get(options, name);
      if (own !== undefined) return textOf(own);
      if (name === "preset") return "impasto";
      // Where the strength is its own, the weights say what differs.
      return name === "strength" ? "" : textOf(presetsOwn(options, name));
    });
    return from === to || from === undefined || to === undefined ? [] : [{ name, from, to }];
  });
}

/** `contentWeight` as a person reads it. */
export function labelOf(name: string): string {
  const words = name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  return words.slice(0, 1).toUpperCase() + words.slice(1);
}

/** Whether an option can be changed while a run goes on. */
export const canBeSteered = (name: string): boolean => name === "strength" || name in weightOptions;
