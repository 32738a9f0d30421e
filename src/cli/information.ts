/**
 * The commands that make nothing: what there is to choose from, what a shell can complete, what this machine has.
 * @module
 */
import { Argument, type Command } from "commander";
import { SHELLS } from "./completion/shells.ts";
import { optionFlags } from "./flags.ts";
import { WORDS } from "./help-groups.ts";

/** Adds them to the program. */
export function addInformation(program: Command): void {
  program
    .command("presets")
    .summary("list the presets and what each decides")
    .description("Lists the presets: the default one in full, of the others what they decide otherwise.")
    .option("--json", "print all that each decides as one JSON object")
    .option("--debug", "show where an error comes from")
    .action(async (flags: Record<string, unknown>) => {
      const { presetsCommand } = await import("./commands/presets.ts");
      presetsCommand(flags);
    });
  program
    .command("layers")
    .summary("list the layers that losses can look at")
    .description(
      "Lists the layers of VGG-19, which of them the built-in network has, and which presets use them.",
    )
    .option("--json", "print one JSON object")
    .option("--debug", "show where an error comes from")
    .action(async (flags: Record<string, unknown>) => {
      const { layersCommand } = await import("./commands/layers.ts");
      layersCommand(flags);
    });
  program
    .command("completion")
    .summary("print what completes commands and options in a shell")
    .description(
      'Prints a script that completes commands, options and their values: eval "$(impasto completion bash)", or the same with zsh, or impasto completion fish | source.',
    )
    .addArgument(new Argument("<shell>", "the shell").choices(SHELLS))
    .option("--debug", "show where an error comes from")
    .action(async (shell: string) => {
      const { completionCommand } = await import("./commands/completion.ts");
      completionCommand(program, shell);
    });
  addDoctor(program);
}

function addDoctor(program: Command): void {
  const doctor = program
    .command("doctor")
    .summary("say what impasto finds on this machine")
    .description(
      "Says versions, processor, memory, devices and weights, and whether a small picture can be made, in lines for a bug report. Nothing is sent anywhere.",
    );
  for (const flag of optionFlags(["network", "convention", "device", "memory", "threads"])) {
    doctor.addOption(flag);
  }
  doctor
    .optionsGroup(WORDS)
    .option("--json", "print one JSON object")
    .option("--debug", "show where an error comes from")
    .action(async (flags: Record<string, unknown>) => {
      const { doctorCommand } = await import("./commands/doctor.ts");
      await doctorCommand(flags);
    });
}
