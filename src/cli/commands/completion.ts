/**
 * `impasto completion`: the script that completes impasto in a shell.
 * @module
 */
import type { Command } from "commander";
import { MisuseError } from "../../errors.ts";
import { bashCompletion } from "../completion/bash.ts";
import { type CompletedCommand, completedCommand } from "../completion/completed.ts";
import { fishCompletion } from "../completion/fish.ts";
import { SHELLS, type Shell } from "../completion/shells.ts";
import { zshCompletion } from "../completion/zsh.ts";

const WRITERS: Readonly<Record<Shell, (program: CompletedCommand) => string>> = {
  bash: bashCompletion,
  zsh: zshCompletion,
  fish: fishCompletion,
};

/**
 * Prints it.
 * @throws MisuseError for a shell that there is none for.
 */
export function completionCommand(program: Command, name: string): void {
  const shell = SHELLS.find((known) => known === name);
  if (shell === undefined) {
    throw new MisuseError(`Expected one of ${SHELLS.join(", ")} for the shell but received "${name}".`);
  }
  process.stdout.write(WRITERS[shell](completedCommand(program)));
}
