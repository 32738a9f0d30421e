/**
 * What a shell can complete, as plain data: commands, their flags and what follows a flag, all read from the program as
 * commander sees it and from the options' schema. Nothing here knows a shell.
 * @module
 */
import type { Command, Option } from "commander";
import { LAYERS } from "../../network/layers.ts";
import { optionFields } from "../../transfer/options.ts";

/** What may be typed at some place. */
export interface Values {
  readonly words: readonly string[];
  readonly files: boolean;
}

/** A flag. */
export interface CompletedFlag {
  /** `-o` and `--output`. */
  readonly names: readonly string[];
  readonly summary: string;
  /** What follows it; absent where nothing does. */
  readonly value?: Values;
}

/** A command. */
export interface CompletedCommand {
  /** Its words behind `impasto`: none for the main command. */
  readonly path: readonly string[];
  readonly summary: string;
  readonly flags: readonly CompletedFlag[];
  readonly commands: readonly CompletedCommand[];
  /** What it takes beside flags and commands. */
  readonly values: Values;
}

/** Describes a command and those below it. */
export function completedCommand(command: Command, path: readonly string[] = []): CompletedCommand {
  const help = command.createHelp();
  const words = command.registeredArguments.flatMap(({ argChoices = [] }) => argChoices);
  return {
    path,
    summary: help.subcommandDescription(command).replace(/\.$/, ""),
    flags: help.visibleOptions(command).map(completedFlag),
    commands: command.commands.map((below) => completedCommand(below, [...path, below.name()])),
    values: { words, files: command.registeredArguments.length > 0 && words.length === 0 },
  };
}

/** A command and all those below it. */
export const allCommands = (command: CompletedCommand): readonly CompletedCommand[] => [
  command,
  ...command.commands.flatMap(allCommands),
];

function completedFlag(option: Option): CompletedFlag {
  const names = [option.short, option.long].filter((name) => name !== undefined);
  // The rest of it is for those who read.
  const [summary = ""] = option.description.split(/ \(|; |: /);
  return option.required ? { names, summary, value: valuesOf(option) } : { names, summary };
}

/** What stands in the place of a file's name. */
const FILE = /<(?:file|folder|photo|painting|patterns)(?:\.\.\.)?>/;

function valuesOf(option: Option): Values {
  const field = optionFields().find(({ name }) => name === option.attributeName());
  if (field === undefined) return { words: option.argChoices ?? [], files: FILE.test(option.flags) };
  const words = field.kind === "layers" ? LAYERS : field.words;
  return { words, files: field.kind === "text" && words.length > 0 };
}
