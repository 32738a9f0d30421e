/**
 * Makes the picture of a job, whichever command asked for it: tells how far it is, and writes the result with its recipe.
 * Stopped by Ctrl-C or gone astray, it writes the best picture so far.
 * @module
 */
import { checkRecipeFits } from "../image/encode.node.ts";
import type { JobIo } from "../job/job.ts";
import { type Job, longestOutcome, lossesOf, type Outcome, recipeOf, writeRecipe } from "../job/recipe.ts";
import type { JobRunner } from "../job/runner.ts";
import type { Iterate, Stylization } from "../transfer/iterate.ts";
import type { RunState } from "../transfer/run-state.ts";
import { DeviceError, UnfinishedError } from "../transfer/unfinished.ts";
import type { Checkpoints } from "./checkpoint.ts";
import { FAILED } from "./failure.ts";
import { settingsFrom } from "./flags.ts";
import type { Frames } from "./frames.ts";
import type { Interrupt } from "./interrupt.ts";
import { printableJson } from "./printable.ts";
import { type Progress, writeSeconds } from "./progress.ts";
import { failedBut } from "./rescue.ts";
import type { Target } from "./target.ts";
import { readSoftware } from "./version.ts";

/** All that it takes. */
export interface Making {
  readonly job: Job;
  readonly io: JobIo;
  /** Where to go on, in a run that was begun before. */
  readonly from?: RunState | undefined;
  readonly runner: JobRunner;
  readonly target: Target;
  readonly progress: Progress;
  readonly interrupt: Interrupt;
  readonly preview: (iterate: Iterate) => Promise<void>;
  /** Nothing where none were asked for. */
  readonly frames?: Frames | undefined;
  readonly checkpoints: Checkpoints | undefined;
  /** Whether a report is printed. */
  readonly json: boolean;
}

/**
 * Makes the picture.
 * @throws MisuseError and ImpastoError as the run and the writing do.
 */
export async function makePicture(making: Making): Promise<void> {
  const { job, runner, target, progress, interrupt, frames, checkpoints, json } = making;
  const recipe = (outcome: Outcome): string => writeRecipe(recipeOf(job, outcome, readSoftware()));
  checkRecipeFits(target.format, recipe(longestOutcome(settingsFrom(job.options), job.size)));
  const write = (result: Stylization): Promise<string> => target.write(result.picture, recipe(result));
  const result = await runJob(making).catch(async (error: unknown) => {
    // Half a picture is better than none, but it is not what was asked for: it is kept, and the command has failed.
    if (!(error instanceof UnfinishedError && error.best)) throw error;
    const path = await write(error.best);
    const left = error instanceof DeviceError ? await checkpoints?.keep(path, "--device cpu") : undefined;
    throw failedBut(error, `The best picture before that is in "${path}"${left ?? ""}.`);
  });
  const hasFrames = (await frames?.finish()) ?? true;
  if (result.stopped) process.exitCode = interrupt.exitCode();
  else if (!hasFrames) process.exitCode = FAILED;
  if (result.evaluations === 0) {
    progress.note("Stopped before the first evaluation; nothing was written.");
    return;
  }
  const path = await write(result);
  const left = result.stopped ? await checkpoints?.keep(path) : await checkpoints?.remove();
  progress.note(
    `${result.stopped ? "Stopped; wrote the best so far to" : "Wrote"} ${path} (${facts(result)})${left ?? ""}`,
  );
  if (json) {
    const report = reportOf(path, job.options.preset, runner.engine.network.name, result);
    process.stdout.write(`${printableJson(report)}\n`);
  }
}

const runJob = (making: Making) => {
  const { job, io, from, runner, progress, interrupt, preview, frames, checkpoints } = making;
  const signal = checkpoints?.signal ?? interrupt.signal;
  const saved = checkpoints !== undefined;
  return runner.run(job, io, { signal, from, saved }, async (iterate) => {
    progress.update(() => writeIterate(iterate));
    await frames?.save(iterate);
    await preview(iterate);
    await checkpoints?.see(iterate);
  });
};

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
