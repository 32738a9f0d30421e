/**
 * `impasto resume`: goes on with a run from its checkpoint, to the picture that it would have come to.
 * @module
 */
import { dirname } from "node:path";
import { checkFits } from "../../image/format.ts";
import { inputsOf } from "../../job/recipe.ts";
import { DEVICES } from "../../runtime/runtime.ts";
import { withEngine } from "../at-work.ts";
import { checkSize, collectFiles, keepCheckpoints, readCheckpoint, secondsFrom } from "../checkpoint.ts";
import { findInputs, pathsOf, readFound } from "../find-inputs.ts";
import { checkNetwork, networkChoice } from "../find-network.ts";
import { textFrom } from "../flags.ts";
import { frameOptionsFrom } from "../frame-options.ts";
import { openFrames, refuseFrameNames } from "../frames.ts";
import type { SeeFile } from "../inputs.ts";
import { makePicture } from "../make-picture.ts";
import { openPreview } from "../preview.ts";
import { openProgress } from "../progress.ts";
import { refuseOverwriting } from "../refuse-overwriting.ts";
import { checkStandardOutput } from "../standard-output.ts";
import { openTarget } from "../target.ts";

/** Goes on with a run. */
export async function resumeCommand(path: string, flags: Readonly<Record<string, unknown>>): Promise<void> {
  const asked = secondsFrom(flags.checkpointEvery);
  const { job: begun, state, files: held = {}, note } = await readCheckpoint(path);
  const output = textFrom(flags.output) ?? note.output;
  const previewPath = textFrom(flags.preview);
  checkStandardOutput(output, flags.json === true);
  const progress = await openProgress({ quiet: flags.quiet === true });
  const folders = [dirname(path), "."];
  const paths = new Map(note.inputs.map((input) => [input.checksum, input.path]));
  const places = { held: { by: path, files: held }, paths, folders, find: textFrom(flags.find) };
  const found = await findInputs(inputsOf(begun), places, progress.note);
  const network = textFrom(flags.network) ?? networkChoice(begun, note.network, folders);
  const outputs = { "--output": output, "--preview": previewPath };
  const frameOptions = frameOptionsFrom(flags);
  await refuseFrameNames(outputs, frameOptions);
  await refuseOverwriting(outputs, { pictures: [path, ...pathsOf(found)], init: "content", network });
  const names = [begun.content, ...begun.styles].map(({ name }) => name);
  const target = await openTarget(output, names, begun.options.depth, note.folder);
  checkFits(target.format, begun.size.width, begun.size.height);
  const preview = await openPreview(previewPath, progress.note);
  const done = state.evaluationsBefore + state.evaluation;
  const wished = frameOptions.folder === undefined ? note.frames : frameOptions;
  const frames = wished && (await openFrames({ ...wished, done }, progress.note));

  const device = DEVICES.find((device) => device === flags.device) ?? begun.device;
  const options = { ...begun.options, network, device };
  await withEngine(options, progress, async (runner, interrupt) => {
    const { device } = runner.engine.runtime;
    const job = { ...begun, device, options: { ...begun.options, device } };
    checkNetwork(job, runner.engine);
    const files = collectFiles((checksum) => Object.hasOwn(held, checksum));
    const see: SeeFile = (file, bytes, input) => {
      for (const text of input.picture.notes ?? []) progress.note(text);
      checkSize(file, input, note);
      files.see(file, bytes, input);
    };
    const request = { path, every: asked ?? note.every, files };
    const run = { job, output, folder: note.folder, network, frames: wished };
    await makePicture({
      job,
      io: readFound(found, job.options, see),
      from: state,
      runner,
      target,
      progress,
      interrupt,
      preview,
      frames,
      checkpoints: await keepCheckpoints(request, run, interrupt.signal, progress.note),
      json: flags.json === true,
    });
  });
}
