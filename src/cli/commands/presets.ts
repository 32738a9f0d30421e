/**
 * `impasto presets`: the ways of working, and what each decides.
 * @module
 */
import { optionFields, optionsSchema } from "../../transfer/options.ts";
import { PRESETS } from "../../transfer/settings.ts";
import { flagOf, presetValue } from "../flags.ts";
import { printableJson } from "../printable.ts";

/** A preset as it is listed. */
interface Listed {
  readonly name: string;
  readonly isDefault: boolean;
  /** What it follows. */
  readonly source: string;
  /** What it decides, by the options' names, as their flags have it. */
  readonly options: Readonly<Record<string, string | number>>;
}

/** Prints them. */
export function presetsCommand({ json }: Readonly<Record<string, unknown>>): void {
  const presets = listPresets();
  process.stdout.write(json ? `${printableJson({ presets })}\n` : writePresets(presets));
}

function listPresets(): readonly Listed[] {
  const { preset: usual } = optionsSchema.parse({});
  return Object.entries(PRESETS).map(([name, preset]) => ({
    name,
    isDefault: name === usual,
    source: preset.source,
    options: Object.fromEntries(
      optionFields().flatMap((field) => {
        const value = presetValue(preset, field.name);
        return value === undefined ? [] : [[field.name, value]];
      }),
    ),
  }));
}

/** The default in full, the others as far as they differ from it. */
function writePresets(presets: readonly Listed[]): string {
  const usual = presets.find(({ isDefault }) => isDefault);
  return presets
    .map(({ name, isDefault, source, options }) => {
      const told = Object.entries(options).filter(
        ([option, value]) => isDefault || value !== usual?.options[option],
      );
      const lines = told.map(([option, value]) => `  ${flagOf(option).padEnd(20)} ${value}\n`);
      return `${name}${isDefault ? " (default)" : ""}: ${source}\n${lines.join("")}`;
    })
    .join("\n");
}
