/**
 * The command line as commander sees it: commands, arguments and flags. What a command does is in `commands/`, loaded
 * only when it runs, so that `--help` waits for nothing heavy.
 * @module
 */
import { Command } from "commander";
import { collect, optionFlags, refuseRepeatedFlags } from "./flags.ts";
import { frameFlags } from "./frame-options.ts";
import { headingOf, ON_THE_WAY, REGIONS, WORDS } from "./help-groups.ts";
import { addInformation } from "./information.ts";
import { addJobCommands, checkpointFlags } from "./job-commands.ts";
import { addQueueCommands } from "./queue-commands.ts";
import { SHEET_DEFAULTS, SHEET_STRENGTHS, sheetOptions } from "./sheet-options.ts";
import { FIRST_PORT, STUDIO_FOLDER, STUDIO_HOST } from "./studio-defaults.ts";
import { readVersion } from "./version.ts";

const EXAMPLES = `
Examples:
  impasto photo.jpg painting.jpg -o result.png
  impasto photo.jpg painting.jpg:2 sketch.png:1 --size 1024
  impasto sheet photo.jpg painting.jpg sketch.png
  impasto photo.jpg painting.jpg --preset gatys --style-layers conv1_1,conv2_1:0.5

Environment:
  IMPASTO_WEIGHTS  a file of VGG-19 weights to use
  IMPASTO_CACHE    the folder that keeps downloaded weights
  HTTPS_PROXY      the proxy to download them through; HTTP_PROXY and NO_PROXY are read as well
`;

/** Builds the program. Commander's messages are thrown, not printed. */
export function createProgram(): Command {
  const program = new Command("impasto")
    .description("Repaints a photograph in the style of a painting.")
    .exitOverride()
    .configureOutput({ outputError: () => {} })
    .enablePositionalOptions()
    .argument("<content>", "the photograph; - reads it from standard input")
    .argument("<style...>", "one painting or more, each with a weight if it should not be 1: painting.jpg:2")
    .optionsGroup(headingOf("Often changed"))
    .option(
      "-o, --output <file>",
      "where the result goes: .png, .jpg, .webp or .tiff, or - for a PNG on standard output (default: <content>-<style>.png, never over an existing file)",
    )
    .optionsGroup(REGIONS)
    .option(
      "--mask <file>",
      "a grey picture that says where a style paints, white for everywhere: once for each style, in their order",
      collect,
    )
    .option("--keep <file>", "a grey picture that says where the photograph stays as it is, white for fully")
    .option(
      "--style-crop <part>",
      "the part of a painting to look at, in percent, as left,top,width,height: once for all, or once for each style",
      collect,
    )
    .addHelpText("after", EXAMPLES);
  for (const flag of optionFlags()) program.addOption(flag);
  program
    .optionsGroup(ON_THE_WAY)
    .option("--preview <file>", "write the picture as it is to this file every few seconds");
  for (const flag of [...frameFlags(), ...checkpointFlags()]) program.addOption(flag);
  program
    .optionsGroup(WORDS)
    .option("--json", "print the result's facts as one JSON object on the last line of standard output")
    .option("--quiet", "say nothing but errors")
    .option("--debug", "show where an error comes from")
    .version(readVersion())
    .helpOption("-h, --help", "display help for command");
  program.action(async (content: string, styles: string[], flags: Record<string, unknown>) => {
    const { stylizeCommand } = await import("./commands/stylize.ts");
    await stylizeCommand(content, styles, flags);
  });
  addSheet(program);
  addStudio(program);
  addJobCommands(program);
  addQueueCommands(program);
  addMeasure(program);
  addWeights(program);
  program
    .command("recipe")
    .summary("print how a result was made")
    .description("Prints the recipe that a result carries, as JSON.")
    .argument("<picture>", "a picture that impasto made")
    .option("--debug", "show where an error comes from")
    .action(async (picture: string) => {
      const { recipeCommand } = await import("./commands/recipe.ts");
      await recipeCommand(picture);
    });
  addTimelapse(program);
  addInformation(program);
  refuseRepeatedFlags(program);
  return program;
}

function addSheet(program: Command): void {
  const sheet = program
    .command("sheet")
    .summary("make a contact sheet of styles and strengths to choose from")
    .description(
      "Makes a contact sheet from quick runs: a row for each style, a column for each strength, and for each picture the command that makes it at full size.",
    )
    .argument("<photo>", "the photograph")
    .argument("<painting...>", "the paintings, each a row of its own")
    .optionsGroup(headingOf("Often changed"))
    .option("--strengths <list>", "the strengths, each from 0 to 1", SHEET_STRENGTHS)
    .option(
      "-o, --output <file>",
      "where the sheet goes: a page (.html, or - for standard output), or a picture without words (.png, .jpg, .webp or .tiff) (default: <photo>-sheet.html, never over an existing file)",
    );
  for (const flag of optionFlags(sheetOptions(), SHEET_DEFAULTS)) sheet.addOption(flag);
  sheet
    .optionsGroup(WORDS)
    .option("--json", "print the sheet's facts as one JSON object on the last line of standard output")
    .option("--quiet", "say nothing but errors")
    .option("--debug", "show where an error comes from");
  sheet.action(async (photo: string, paintings: string[], flags: Record<string, unknown>) => {
    const { sheetCommand } = await import("./commands/sheet.ts");
    await sheetCommand(photo, paintings, flags);
  });
}

function addStudio(program: Command): void {
  const studio = program
    .command("studio")
    .summary("see pictures being painted in a browser, and steer them")
    .description(
      "Serves a page, for this machine alone, on which pictures are painted before one's eyes and steered meanwhile. Nothing is sent anywhere. What comes of it is kept in a folder; Ctrl-C ends it, and the next time it goes on from there.",
    )
    .option("--folder <folder>", "where pictures and unfinished runs are kept", STUDIO_FOLDER)
    .option("--port <n>", `the port to listen at (default: the first that is free from ${FIRST_PORT} on)`)
    .option("--host <address>", "the address to listen at, if others are to use it too", STUDIO_HOST);
  for (const flag of optionFlags(["network", "device", "threads", "memory"])) studio.addOption(flag);
  studio
    .optionsGroup(WORDS)
    .option("--quiet", "say nothing but the address, warnings and errors")
    .option("--debug", "show where an error comes from")
    .action(async (flags: Record<string, unknown>) => {
      const { studioCommand } = await import("./commands/studio.ts");
      await studioCommand(flags);
    });
}

function addTimelapse(program: Command): void {
  program
    .command("timelapse")
    .summary("make an animation of a picture on its way")
    .description(
      "Makes an animated WebP or GIF of the frames that --frames saved, or of any pictures of one shape; smaller ones are enlarged to the last one's size.",
    )
    .argument("<frames...>", "a folder of frames, or pictures in their order")
    .option(
      "-o, --output <file>",
      "where the animation goes: .webp or .gif, or - for a WebP on standard output (default: <frames>-timelapse.webp, never over an existing file)",
    )
    .option("--seconds <s>", "how long the frames take, evenly", "4")
    .option("--hold <s>", "how much longer the last one stays", "1")
    .option("--size <n>", "longest side in pixels (default: the last frame's)")
    .optionsGroup(WORDS)
    .option("--json", "print the animation's facts as one JSON object on the last line of standard output")
    .option("--quiet", "say nothing but errors")
    .option("--debug", "show where an error comes from")
    .action(async (frames: string[], flags: Record<string, unknown>) => {
      const { timelapseCommand } = await import("./commands/timelapse.ts");
      await timelapseCommand(frames, flags);
    });
}

function addMeasure(program: Command): void {
  const measure = program
    .command("measure")
    .summary("measure how far a picture is from a content and a style")
    .description(
      "Measures a picture as it is: its losses, every weight 1, and the norm of their gradient. Nothing is resampled.",
    )
    .argument("<image>", "the picture to measure")
    .requiredOption("--content <photo>", "the photograph, of the image's size")
    .requiredOption("--style <painting>", "the painting, of any size")
    .option("--json", "print one JSON object")
    .option("--quiet", "say nothing but errors")
    .option("--debug", "show where an error comes from");
  for (const flag of optionFlags(["pooling", "network", "device", "threads", "memory"]))
    measure.addOption(flag);
  measure.action(async (image: string, flags: Record<string, unknown>) => {
    const { measureCommand } = await import("./commands/measure.ts");
    await measureCommand(image, flags);
  });
}

function addWeights(program: Command): void {
  const weights = program
    .command("weights")
    .summary("find, fetch or check the weights of VGG-19")
    .description("Finds, fetches or checks the weights of VGG-19.");
  weights
    .command("where", { isDefault: true })
    .description("Says where weights are looked for, and which would be used.")
    .option("--debug", "show where an error comes from")
    .allowExcessArguments()
    .action(async (_flags: unknown, { args }: Command) => {
      const { whereCommand } = await import("./commands/weights.ts");
      whereCommand(args);
    });
  weights
    .command("fetch")
    .description("Downloads the public file into the cache, or goes on with a download that broke off.")
    .option(
      "--mirror <url>",
      "a folder that offers the file (default: IMPASTO_WEIGHTS_MIRROR, else the public ones)",
    )
    .option("--quiet", "say nothing but errors")
    .option("--debug", "show where an error comes from")
    .action(async (flags: Record<string, unknown>) => {
      const { fetchCommand } = await import("./commands/weights.ts");
      await fetchCommand(flags);
    });
  weights
    .command("check")
    .description("Says what a file of weights is, and whether it is the public one.")
    .argument("[file]", "the file (default: the one that would be used)")
    .option(
      "--convention <name>",
      "the input its first layer was made for: auto, oxford, caffe or torchvision (default: auto)",
    )
    .option("--debug", "show where an error comes from")
    .action(async (file: string | undefined, flags: Record<string, unknown>) => {
      const { checkCommand } = await import("./commands/weights.ts");
      await checkCommand(file, flags);
    });
}
