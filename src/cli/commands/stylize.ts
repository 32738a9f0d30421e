/**
 * The main command: checks everything, then works, tells how far it is, and writes the result with its recipe.
 * Stopped by Ctrl-C or gone astray, it writes the best picture so far.
 * @module
 */
import { existsSync } from "node:fs";
import { cropSize } from "../../image/crop.ts";
import { checkRecipeFits } from "../../image/encode.node.ts";
import { checkFits } from "../../image/format.ts";
import { jobOf, longestOutcome, lossesOf, type Outcome, recipeOf, writeRecipe } from "../../job/recipe.ts";
import type { JobRunner } from "../../job/runner.ts";
import { openRunner } from "../../job/worker-runner.node.ts";
import { DivergedError } from "../../transfer/diverged.ts";
import { defaultMemory } from "../../transfer/engine.node.ts";
import type { Iterate, Stylization } from "../../transfer/iterate.ts";
import { FAILED } from "../failure.ts";
import { listOf, optionsFrom, settingsFrom } from "../flags.ts";
import { picturesIn } from "../folder.ts";
import { frameOptionsFrom } from "../frame-options.ts";
import { openFrames, refuseFrameNames } from "../frames.ts";
import { handOver, jobInputsOf, readInputs, readingNotes } from "../inputs.ts";
import { watchForInterrupt } from "../interrupt.ts";
import { writeEngine, writeOptionNotes, writeStyleNotes } from "../notes.ts";
import { openPreview } from "../preview.ts";
import { printableJson } from "../printable.ts";
import { openProgress, writeSeconds } from "../progress.ts";
import { refuseOverwriting } from "../refuse-overwriting.ts";
import { failedBut } from "../rescue.ts";
import { checkStandardOutput } from "../standard-output.ts";
import { parseStyles, styleFiles } from "../style-arguments.ts";
import { openTarget } from "../target.ts";
import { readSoftware } from "../version.ts";

/** Repaints a picture. */
export async function stylizeCommand(
  contentPath: string,
  styleTexts: readonly string[],
  flags: Readonly<Record<string, unknown>>,
): Promise<void> {
  const options = optionsFrom(flags);
  const settings = settingsFrom(options);
  const masks = listOf(flags.mask);
  const named = parseStyles(styleTexts, existsSync);
  const styles = styleFiles(named, masks, listOf(flags.styleCrop), picturesIn);
  const keep = typeof flags.keep === "string" ? flags.keep : undefined;
  const files = { content: contentPath, styles, keep };
  const output = typeof flags.output === "string" ? flags.output : undefined;
  const previewPath = typeof flags.preview === "string" ? flags.preview : undefined;
  checkStandardOutput(output, flags.json === true);
  const pictures = [contentPath, ...styles.map(({ path }) => path)];
  const guides = [...masks, ...(keep === undefined ? [] : [keep])];
  const read = { pictures: [...pictures, ...guides], init: settings.init, network: options.network };
  const outputs = { "--output": output, "--preview": previewPath };
  await refuseOverwriting(outputs, read);
  const frameOptions = frameOptionsFrom(flags);
  await refuseFrameNames(outputs, frameOptions);
  const target = await openTarget(output, [contentPath, ...named.map(({ path }) => path)], options.depth);
  const progress = await openProgress({ quiet: flags.quiet === true });
  const preview = await openPreview(previewPath, progress.note);
  const frames = await openFrames(frameOptions, progress.note);
  const inputs = await readInputs(files, settings, options.memory ?? defaultMemory());
  for (const note of readingNotes(inputs)) progress.note(note);
  const size = settings.contentSize(inputs.content.picture, settings.size);
  checkFits(target.format, size.width, size.height);

  const interrupt = watchForInterrupt(() =>
    progress.note("Stopping after this evaluation; press Ctrl-C again to stop at once."),
  );
  let runner: JobRunner | undefined;
  try {
    runner = await openRunner(options);
    for (const note of writeEngine(runner.engine, options)) progress.note(note);
    for (const note of writeOptionNotes(flags, settings)) progress.note(note);
    const job = jobOf(jobInputsOf(inputs), options, inputs.content.picture, runner.engine);
    const recipe = (outcome: Outcome): string => writeRecipe(recipeOf(job, outcome, readSoftware()));
    checkRecipeFits(target.format, recipe(longestOutcome(settings, size)));
    const paintings = inputs.styles.map(({ picture, facts, crop }) => ({
      name: facts.name,
      picture: crop === undefined ? picture : cropSize(picture, crop),
    }));
    for (const note of writeStyleNotes(inputs.content.picture, paintings, settings, options.styleScale)) {
      progress.note(note);
    }
    const write = (result: Stylization): Promise<string> => target.write(result.picture, recipe(result));
    const controls = { signal: interrupt.signal };
    const result = await runner
      .run(job, handOver(inputs), controls, async (iterate) => {
        progress.update(() => writeIterate(iterate));
        await frames.save(iterate);
        await preview(iterate);
      })
      .catch(async (error: unknown) => {
        // Half a picture is better than none, but it is not what was asked for: it is kept, and the command has failed.
        if (!(error instanceof DivergedError && error.best)) throw error;
        throw failedBut(error, `The best picture before that is in "${await write(error.best)}".`);
      });
    const hasFrames = await frames.finish();
    if (result.stopped) process.exitCode = interrupt.exitCode();
    else if (!hasFrames) process.exitCode = FAILED;
    if (result.evaluations === 0) {
      progress.note("Stopped before the first evaluation; nothing was written.");
      return;
    }
    const path = await write(result);
    progress.note(
      `${result.stopped ? "Stopped; wrote the best so far to" : "Wrote"} ${path} (${facts(result)})`,
    );
    if (flags.json) {
      const report = reportOf(path, options.preset, runner.engine.network.name, result);
      process.stdout.write(`${printableJson(report)}\n`);
    }
  } finally {
    interrupt.release();
    progress.end();
    await runner?.close();
  }
}

function writeIterate(iterate: Iterate): string {
  const { scale, scales, size, evaluation, evaluations, loss, secondsElapsed, secondsLeft } = iterate;
  const left = secondsLeft === undefined ? "" : `, ${writeSeconds(secondsLeft)} left`;
  const which = scales > 1 ? ` (size ${scale} of ${scales})` : "";
  return `${size.width}×${size.height}${which}  ${evaluation}/${evaluations}  loss ${loss.total.toPrecision(4)}  ${writeSeconds(secondsElapsed)} elapsed${left}`;
}

const facts = ({ picture, evaluations, seconds, loss }: Stylization): string =>
  `${picture.width}×${picture.height}, ${evaluations} evaluations, ${writeSeconds(seconds)}, loss ${loss.total.toPrecision(4)}`;

/** What `--json` prints. */
function reportOf(output: string, preset: string, network: string, result: Stylization) {
  const { picture, evaluations, seconds, secondsPerEvaluation, stopped, loss } = result;
  return {
    output,
    preset,
    network,
    width: picture.width,
    height: picture.height,
    evaluations,
    seconds,
    secondsPerEvaluation,
    loss: lossesOf(loss),
    stopped,
  };
}
