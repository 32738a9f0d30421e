/**
 * Reads a command line as the command itself does: its files, and its options.
 * @module
 */
import { Command } from "commander";
import { optionFlags, optionsFrom } from "../../src/cli/flags.ts";
import type { Options } from "../../src/transfer/options.ts";

/**
 * Reads `impasto <content> <style> [options]`.
 * @throws CommanderError for a flag that there is not, MisuseError for a value that it cannot have.
 */
export function readCommand(command: string): {
  readonly files: readonly string[];
  readonly options: Options;
} {
  const [, ...args] = command.split(" ");
  const program = new Command("impasto").exitOverride().argument("<content>").argument("<style>");
  for (const flag of optionFlags()) program.addOption(flag);
  program.parse(args, { from: "user" });
  return { files: program.args, options: optionsFrom(program.opts()) };
}
