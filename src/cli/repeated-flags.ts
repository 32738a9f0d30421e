/**
 * Flags that are given twice. Commander lets the last one win and says nothing, so that half of what was asked for is lost.
 * @module
 */
import type { Command } from "commander";
import { MisuseError } from "../errors.ts";

/**
 * Lets a command and those below it refuse a flag with a value that is given again. Flags without one mean no more the
 * second time.
 */
export function refuseRepeatedFlags(command: Command): void {
  for (const option of command.options) {
    if (!option.required && !option.optional) continue;
    let given = false;
    command.on(`option:${option.name()}`, () => {
      if (given) throw new MisuseError(`Expected ${option.long} once but received it twice: leave one out.`);
      given = true;
    });
  }
  for (const below of command.commands) refuseRepeatedFlags(below);
}
