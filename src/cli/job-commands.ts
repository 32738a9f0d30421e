/**
 * The commands that go on with work, do it again, or do much of it, as commander sees them.
 * @module
 */
import { type Command, Option } from "commander";
import { DEVICES } from "../runtime/runtime.ts";
import { optionFields } from "../transfer/options.ts";
import { collect, optionFlags } from "./flags.ts";
import { frameFlags } from "./frame-options.ts";
import { headingOf, ON_THE_WAY, QUEUED, REGIONS, WORDS } from "./help-groups.ts";

/** The flags that ask for checkpoints. */
export const checkpointFlags = (): readonly Option[] => [
  new Option(
    "--checkpoint <file>",
    "save the run into this file on the way, for `impasto resume` to go on with; it is removed once the result is written",
  ),
  new Option("--checkpoint-every <seconds>", "how often (default: 10)"),
  new Option("--checkpoint-pictures", "save the pictures as well, so that it takes no other file to go on"),
];

/** Adds them. */
export function addJobCommands(program: Command): void {
  addResume(program);
  addAgain(program);
  addBatch(program);
}

function addResume(program: Command): void {
  const resume = program
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
    .addOption(
      new Option(
        "--device <name>",
        "go on on another device, to nearly the same picture (default: the one that the run began on)",
      ).choices(DEVICES),
    )
    .optionsGroup(ON_THE_WAY)
    .option("--checkpoint-every <seconds>", "how often it is saved (default: as the run has it)")
    .option("--preview <file>", "write the picture as it is to this file every few seconds");
  for (const flag of frameFlags()) resume.addOption(flag);
  resume
    .optionsGroup(WORDS)
    .option("--json", "print the result's facts as one JSON object on the last line of standard output")
    .option("--quiet", "say nothing but errors")
    .option("--debug", "show where an error comes from")
    .action(async (checkpoint: string, flags: Record<string, unknown>) => {
      const { resumeCommand } = await import("./commands/resume.ts");
      await resumeCommand(checkpoint, flags);
    });
}

/** What an option is where it is not given. */
const asBefore = (): Readonly<Record<string, string>> =>
  Object.fromEntries(optionFields().map(({ name }) => [name, "as in the recipe"]));

function addAgain(program: Command): void {
  const again = program
    .command("again")
    .summary("make a picture again from its recipe, larger or otherwise changed")
    .description(
      "Makes a picture again from the recipe that it carries: the same bytes, or another picture where options are given. The pictures that went in are looked for beside it and in the current folder, by name and checksum.",
    )
    .argument("<picture>", "a picture that impasto made")
    .optionsGroup(headingOf("Often changed"))
    .option(
      "-o, --output <file>",
      "where the new one goes (default: <content>-<style>.png, never over an existing file)",
    )
    .addOption(
      new Option(
        "--from <start>",
        "start from the picture itself, which is quicker where it is to become larger or little different",
      ).choices(["result"]),
    )
    .option(
      "--find <folder>",
      "a folder to look for the pictures in, and in those below, by name and checksum",
    );
  for (const flag of optionFlags(undefined, asBefore())) again.addOption(flag);
  again
    .optionsGroup(ON_THE_WAY)
    .option("--preview <file>", "write the picture as it is to this file every few seconds");
  for (const flag of [...frameFlags(), ...checkpointFlags()]) again.addOption(flag);
  again
    .optionsGroup(WORDS)
    .option("--json", "print the result's facts as one JSON object on the last line of standard output")
    .option("--quiet", "say nothing but errors")
    .option("--debug", "show where an error comes from")
    .action(async (picture: string, flags: Record<string, unknown>) => {
      const { againCommand } = await import("./commands/again.ts");
      await againCommand(picture, flags);
    });
}

function addBatch(program: Command): void {
  const batch = program
    .command("batch")
    .summary("make many pictures: photographs times paintings, or a file of jobs")
    .description(
      "Makes a picture of each photograph with each painting, or those that a file of jobs lists. What is finished already, by its recipe, is left as it is, so that the same command goes on where it was stopped; what cannot be made is told at the end.",
    )
    .optionsGroup(headingOf("Often changed"))
    .option("--content <patterns...>", "the photographs: files, or patterns such as 'photos/*.jpg'")
    .option("--style <patterns...>", "the paintings, each a style of its own, as is a folder of them")
    .option(
      "--jobs <file>",
      "a list of jobs in YAML or JSON, in place of --content and --style (docs/jobs.md)",
    )
    .option(
      "-o, --output <template>",
      "where the results go, with {content} and {style} for the pictures' names; earlier results are replaced, other files never (default: {content}-{style}.png)",
    )
    .optionsGroup(REGIONS)
    .option(
      "--mask <file>",
      "a grey picture that says where the style paints, white for everywhere; masks/{content}.png is another one for each photograph",
      collect,
    )
    .option(
      "--keep <file>",
      "a grey picture that says where the photograph stays as it is, white for fully, with {content} and {style} as for --mask",
    )
    .option(
      "--style-crop <part>",
      "the part of each painting to look at, in percent, as left,top,width,height",
      collect,
    );
  for (const flag of optionFlags()) batch.addOption(flag);
  batch
    .optionsGroup(QUEUED)
    .option(
      "--queue <address>",
      "leave the work to those who run `impasto worker`: put it on the queue at this address, such as redis://host",
    )
    .option(
      "--storage <folder>",
      "the folder that all of them share, with inputs and results in it, or s3://bucket/folder (default: the current folder)",
    )
    .optionsGroup(WORDS)
    .option("--json", "print what became of each as one JSON object on the last line of standard output")
    .option("--quiet", "say nothing but errors")
    .option("--debug", "show where an error comes from")
    .action(async (flags: Record<string, unknown>) => {
      const { batchCommand } = await import("./commands/batch.ts");
      await batchCommand(flags);
    });
}
