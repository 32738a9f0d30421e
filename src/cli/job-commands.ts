/**
 * The commands that go on with work, do it again, or do much of it, as commander sees them.
 * @module
 */
import { type Command, Option } from "commander";

/** The flags that ask for checkpoints. */
export const checkpointFlags = (): readonly Option[] => [
  new Option(
    "--checkpoint <file>",
    "save the run into this file on the way, for `impasto resume` to go on with; it is removed once the result is written",
  ),
  new Option("--checkpoint-every <seconds>", "how often (default: 10)"),
  new Option("--checkpoint-pictures", "save the pictures as well, so that it takes no other file to go on"),
];

/** Adds `resume`. */
export function addJobCommands(program: Command): void {
  addResume(program);
}

function addResume(program: Command): void {
  program
    .command("resume")
    .summary("go on with a run from its checkpoint")
    .description(
      "Goes on with a run that was stopped or killed, from the file that --checkpoint named, to the very picture that it would have come to, in the output that it named. The file is removed once the result is written.",
    )
    .argument("<checkpoint>", "the file")
    .option("-o, --output <file>", "where the result goes (default: where the run was to write it)")
    .option(
      "--find <folder>",
      "a folder to look for the pictures in, and in those below, by name and checksum",
    )
    .option("--network <file>", "the weights, where they have moved (default: found as when the run began)")
    .option("--checkpoint-every <seconds>", "how often it is saved (default: as the run has it)")
    .option("--preview <file>", "write the picture as it is to this file every few seconds")
    .option("--json", "print the result's facts as one JSON object on the last line of standard output")
    .option("--quiet", "say nothing but errors")
    .option("--debug", "show where an error comes from")
    .action(async (checkpoint: string, flags: Record<string, unknown>) => {
      const { resumeCommand } = await import("./commands/resume.ts");
      await resumeCommand(checkpoint, flags);
    });
}
