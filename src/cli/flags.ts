/**
 * Flags from the options' schema: names, descriptions, choices and defaults are all read from it and from the presets,
 * so that an option added there is a flag here. Values are only turned into numbers; the schema judges them.
 * @module
 */
import { type Command, Option } from "commander";
import { MisuseError } from "../errors.ts";
import { groupOf, inGroups } from "../transfer/option-groups.ts";
import { type OptionField, type Options, optionFields, parseOptions } from "../transfer/options.ts";
import type { Preset } from "../transfer/preset.ts";
import { PRESETS, resolveSettings, type Settings } from "../transfer/settings.ts";
import { layersOption } from "../transfer/term.ts";
import { headingOf } from "./help-groups.ts";

/** The name of an option as a flag: `contentWeight` is `--content-weight`. */
export const flagOf = (option: string): string =>
  `--${option.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

/**
 * The flags for all options of the schema, or for those named, in groups.
 * @param defaults what a command has in place of the schema's and the presets' defaults; the command fills them in.
 */
export const optionFlags = (
  names?: readonly string[],
  defaults: Readonly<Record<string, string | number>> = {},
): readonly Option[] =>
  inGroups(optionFields())
    .filter(({ name }) => names?.includes(name) ?? true)
    .map((field) =>
      new Option(`${flagOf(field.name)} ${placeholderOf(field)}`, describe(field, defaults[field.name]))
        .helpGroup(headingOf(groupOf(field.name)))
        .argParser((text) => readValue(field.kind, text)),
    );

/**
 * Takes the schema's options out of what the command line gave, and checks them.
 * @throws MisuseError naming the flag, what was expected and what was received.
 */
export const optionsFrom = (given: Readonly<Record<string, unknown>>): Options =>
  parseOptions(givenOptions(given), flagOf);

/** The schema's options among what the command line gave. */
export function givenOptions(given: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const names = optionFields().map(({ name }) => name);
  return Object.fromEntries(Object.entries(given).filter(([name]) => names.includes(name)));
}

/** Options as a file has them: by their own names or their flags', and texts read as flags are. */
export function optionsFromWords(
  words: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const kinds = new Map(optionFields().map(({ name, kind }) => [name, kind]));
  return Object.fromEntries(
    Object.entries(words).map(([word, value]) => {
      const name = word.replaceAll(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
      const kind = kinds.get(name);
      return [name, kind !== undefined && typeof value === "string" ? readValue(kind, value) : value];
    }),
  );
}

/** Writes options as the flags that give them, those left out that are as they would be anyway. */
export const flagsOf = (options: Options): readonly string[] =>
  Object.entries(options).flatMap(([name, value]) => {
    if (value === undefined || value === optionFields().find((field) => field.name === name)?.default)
      return [];
    return [flagOf(name), typeof value === "object" ? writeLayers(value) : String(value)];
  });

/**
 * The preset with the options that override it, and messages that speak of flags.
 * @throws MisuseError for options that contradict each other.
 */
export const settingsFrom = (options: Options): Settings => resolveSettings(options, flagOf);

/** The value of a flag that takes a text, if it was given. */
export const textFrom = (given: unknown): string | undefined =>
  typeof given === "string" ? given : undefined;

/** A decimal number as people write it; neither "0x10" nor "" nor "NaN" is one. */
export const numberFrom = (text: string): number | undefined =>
  /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(text) ? Number(text) : undefined;

/** Reads a flag that may be given again and again: all its values, in their order. */
export const collect = (value: string, before: readonly string[] | undefined): readonly string[] => [
  ...(before ?? []),
  value,
];

/** The values of a flag that was collected. */
export const listOf = (value: unknown): readonly string[] => (Array.isArray(value) ? value.map(String) : []);

/**
 * Lets a command and those below it refuse a flag with a value that is given again. Flags without one mean no more the
 * second time, and lists grow.
 */
export function refuseRepeatedFlags(command: Command): void {
  for (const option of command.options) {
    const isList = option.variadic || option.parseArg === collect;
    if ((!option.required && !option.optional) || isList) continue;
    let given = false;
    command.on(`option:${option.name()}`, () => {
      if (given) throw new MisuseError(`Expected ${option.long} once but received it twice: leave one out.`);
      given = true;
    });
  }
  for (const below of command.commands) refuseRepeatedFlags(below);
}

const PLACEHOLDERS: Readonly<Record<OptionField["kind"], string>> = {
  choice: "<name>",
  integer: "<n>",
  number: "<x>",
  text: "<value>",
  layers: "<layers>",
};

const placeholderOf = ({ kind, words }: OptionField): string =>
  PLACEHOLDERS[words.length > 0 && words.every((word) => numberFrom(word) !== undefined) ? "integer" : kind];

/** What cannot be read stays as it was typed, for the schema to refuse. A choice may be one of numbers. */
function readValue(kind: OptionField["kind"], text: string): unknown {
  if (kind === "layers") return layersOption("").safeParse(layersFrom(text)).data ?? text;
  return kind === "text" ? text : (numberFrom(text) ?? text);
}

/** `conv1_1,conv2_1:0.5`: a layer without a weight has 1. */
function layersFrom(text: string): Readonly<Record<string, number>> | undefined {
  const layers = new Map<string, number>();
  for (const part of text.split(",")) {
    const [, layer = "", weight = "1"] = /^([^:]+)(?::(.*))?$/.exec(part.trim()) ?? [];
    const value = numberFrom(weight);
    if (layer === "" || value === undefined || layers.has(layer)) return undefined;
    layers.set(layer, value);
  }
  return Object.fromEntries(layers);
}

function describe(field: OptionField, ownDefault?: string | number): string {
  const notes: string[] = [];
  if (field.kind === "choice") notes.push(field.expected);
  if (field.kind === "layers") notes.push("as conv1_1,conv2_1:0.5");
  const value = ownDefault ?? field.default ?? presetDefault(field.name);
  if (value !== undefined) notes.push(`default: ${value}`);
  return notes.length === 0 ? field.description : `${field.description} (${notes.join("; ")})`;
}

/** What an option is when nobody gives it, where a preset says that in other words than the option's. */
const PRESET_VALUES: Readonly<Record<string, (preset: Preset) => string | number>> = {
  size(preset) {
    const { width, height } = preset.contentSize({ width: 2000, height: 1000 }, undefined);
    return width === 512 ? width : `shortest side ${height}`;
  },
  iterations: (preset) =>
    preset
      .schedule(512)
      .map(({ iterations }) => iterations)
      .join("+"),
  learningRate: ({ adam }) => adam.learningRate,
  history: ({ lbfgs }) => lbfgs.history,
};

/** What a preset says of an option, as the flag has it; nothing where that is not the preset's to say. */
export function presetValue(preset: Preset, name: string): string | number | undefined {
  const value: unknown = PRESET_VALUES[name]?.(preset) ?? Reflect.get(preset, name);
  if (typeof value === "string" || typeof value === "number") return value;
  return value instanceof Object && typeof value !== "function" ? writeLayers(value) : undefined;
}

const writeLayers = (layers: object): string =>
  Object.entries(layers)
    .map(([layer, weight]) => (weight === 1 ? layer : `${layer}:${weight}`))
    .join(",");

/** The default preset's value, then those of the presets that differ. */
function presetDefault(name: string): string | undefined {
  const usual = presetValue(PRESETS.impasto, name);
  if (usual === undefined) return undefined;
  const others = Object.entries(PRESETS)
    .filter(([, preset]) => presetValue(preset, name) !== usual)
    .map(([preset, values]) => `${preset}: ${presetValue(values, name)}`);
  return [String(usual), ...others].join("; ");
}
