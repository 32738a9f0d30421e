/**
 * The main command: checks everything, then makes the picture.
 * @module
 */
import { existsSync } from "node:fs";
import { cropSize } from "../../image/crop.ts";
import { checkFits } from "../../image/format.ts";
import { jobOf } from "../../job/recipe.ts";
import { defaultMemory } from "../../transfer/engine.node.ts";
import { withEngine } from "../at-work.ts";
import { checkNewCheckpoint, checkpointFrom, keepCheckpoints } from "../checkpoint.ts";
import { listOf, optionsFrom, settingsFrom, textFrom } from "../flags.ts";
import { picturesIn } from "../folder.ts";
import { frameOptionsFrom } from "../frame-options.ts";
import { openFrames, refuseFrameNames } from "../frames.ts";
import { guideFiles, handOver, jobInputsOf, readInputs, readingNotes } from "../inputs.ts";
import { makePicture } from "../make-picture.ts";
import { writeOptionNotes, writeStyleNotes } from "../notes.ts";
import { openPreview } from "../preview.ts";
import { openProgress } from "../progress.ts";
import { refuseOverwriting } from "../refuse-overwriting.ts";
import { checkStandardOutput } from "../standard-output.ts";
import { parseStyles, styleFiles } from "../style-arguments.ts";
import { openTarget } from "../target.ts";

/** Repaints a picture. */
export async function stylizeCommand(
  contentPath: string,
  styleTexts: readonly string[],
  flags: Readonly<Record<string, unknown>>,
): Promise<void> {
  const options = optionsFrom(flags);
  const settings = settingsFrom(options);
  const named = parseStyles(styleTexts, existsSync);
  const styles = styleFiles(named, listOf(flags.mask), listOf(flags.styleCrop), picturesIn);
  const keep = textFrom(flags.keep);
  const output = textFrom(flags.output);
  const previewPath = textFrom(flags.preview);
  const checkpoint = checkpointFrom(flags);
  checkStandardOutput(output, flags.json === true);
  const pictures = [contentPath, ...styles.map(({ path }) => path)];
  const read = {
    pictures: [...pictures, ...guideFiles({ styles, keep })],
    init: settings.init,
    network: options.network,
  };
  const outputs = { "--output": output, "--preview": previewPath, "--checkpoint": checkpoint?.path };
  await refuseOverwriting(outputs, read);
  const frameOptions = frameOptionsFrom(flags);
  await refuseFrameNames(outputs, frameOptions);
  if (checkpoint) await checkNewCheckpoint(checkpoint.path);
  const target = await openTarget(output, [contentPath, ...named.map(({ path }) => path)], options.depth);
  const progress = await openProgress({ quiet: flags.quiet === true });
  const preview = await openPreview(previewPath, progress.note);
  const frames = await openFrames(frameOptions, progress.note);
  const files = { content: contentPath, styles, keep };
  const memory = options.memory ?? defaultMemory();
  const inputs = await readInputs(files, settings, memory, checkpoint?.files.see);
  for (const note of readingNotes(inputs)) progress.note(note);
  const size = settings.contentSize(inputs.content.picture, settings.size);
  checkFits(target.format, size.width, size.height);

  await withEngine(options, progress, async (runner, interrupt) => {
    for (const note of writeOptionNotes(flags, settings)) progress.note(note);
    const job = jobOf(jobInputsOf(inputs), options, inputs.content.picture, runner.engine);
    const paintings = inputs.styles.map(({ picture, facts, crop }) => ({
      name: facts.name,
      picture: crop === undefined ? picture : cropSize(picture, crop),
    }));
    for (const note of writeStyleNotes(inputs.content.picture, paintings, settings, options.styleScale)) {
      progress.note(note);
    }
    const run = { job, output, network: options.network, frames: frameOptions };
    await makePicture({
      job,
      io: handOver(inputs),
      runner,
      target,
      progress,
      interrupt,
      preview,
      frames,
      checkpoints: checkpoint && (await keepCheckpoints(checkpoint, run, interrupt.signal, progress.note)),
      json: flags.json === true,
    });
  });
}
