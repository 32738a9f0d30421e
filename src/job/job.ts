/**
 * Runs a job: finds its inputs, repaints, and says what came of it. The command line, a batch and a studio are callers;
 * nothing here knows of a terminal, a file or a page.
 * @module
 */
import { MisuseError } from "../errors.ts";
import { type Crop, cropped, cropSize } from "../image/crop.ts";
import { type Mask, maskOf } from "../image/mask.ts";
import type { Picture } from "../image/picture.ts";
import type { Size } from "../image/size.ts";
import { required } from "../required.ts";
import type { Engine } from "../transfer/engine.ts";
import type { Iterate, Stylization } from "../transfer/iterate.ts";
import type { RunControls } from "../transfer/run.ts";
import type { RunState } from "../transfer/run-state.ts";
import { resolveSettings, type Settings } from "../transfer/settings.ts";
import { drain, reachedIn, repaint } from "../transfer/stylize.ts";
import type { Job, JobInput } from "./recipe.ts";

/** The pictures of a job. */
export interface JobPictures {
  readonly content: Picture;
  readonly styles: readonly Picture[];
  readonly initial?: Picture | undefined;
  readonly masks?: readonly Picture[] | undefined;
  readonly keep?: Picture | undefined;
}

/** Where a job's pictures come from. */
export interface JobIo {
  /**
   * Finds an input by its name and checksum, and decodes it. It is asked for the
   * content, for each style in turn, and for the picture to start from, each mask, and what is kept, where there are any.
   * @param neededSize how large it is needed, given its own size.
   */
  read(input: JobInput, neededSize: (own: Size) => Size): Promise<Picture>;
  /**
   * Whether a runner in another thread takes the pictures over, with their memory, instead of a copy: they cannot be looked
   * at afterwards. @default false
   */
  readonly handsOver?: boolean;
}

/** How a job is run: as a run is, but its plan is the job's. */
export type JobControls = Omit<RunControls, "plan">;

/**
 * Runs a job to its end.
 * @param onIterate told of each evaluation; the run waits where it returns a promise.
 * @throws MisuseError when the engine has another network than the job asks for, or the options make no sense.
 * @throws ImpastoError when an input cannot be read, or the memory does not suffice.
 * @throws UnfinishedError when it cannot go on; it has the best picture before that.
 */
export async function runJob(
  job: Job,
  engine: Engine,
  io: JobIo,
  controls: JobControls = {},
  onIterate?: (iterate: Iterate) => unknown,
): Promise<Stylization> {
  return drain(jobSteps(job, await readPictures(job, io), engine, controls), onIterate);
}

/** The steps of a job whose pictures are there. */
export function jobSteps(
  job: Job,
  { content, styles, initial, masks = [], keep }: JobPictures,
  engine: Engine,
  controls: JobControls = {},
): AsyncGenerator<Iterate, Stylization> {
  if (engine.network.checksum !== job.network.checksum) {
    throw new MisuseError(
      `The job was made with the network ${job.network.name} (${job.network.checksum}), and here is ${engine.network.name} (${engine.network.checksum}): use the same weights.`,
    );
  }
  const { device, threads } = engine.runtime;
  if (device !== job.device || (job.options.threads !== undefined && threads !== job.options.threads)) {
    throw new MisuseError(
      `The job is for ${job.options.threads} threads of ${job.device}, and here are ${threads} of ${device}, which would give another picture: open the engine with the job's options, or change the job.`,
    );
  }
  const named = masks.map((mask, index) => maskOf(mask, `The mask ${quoted(job.masks?.[index])}`));
  const request = {
    content,
    styles: job.styles.map(({ weight, mask, crop }, index) => {
      const picture = required(styles[index], `picture of style ${index + 1}`);
      return {
        picture: crop === undefined ? picture : cropped(picture, crop),
        weight,
        ...(mask === undefined ? {} : { mask: maskAt(named, mask) }),
      };
    }),
    ...(initial === undefined ? {} : { initial }),
    ...(keep === undefined ? {} : { keep: maskOf(keep, `The mask ${quoted(job.keep)}`) }),
  };
  const unbounded = Number.POSITIVE_INFINITY;
  const memory = Math.min(engine.memory ?? unbounded, job.options.memory ?? unbounded);
  return repaint(request, settingsOf(job), { ...engine, memory }, { ...controls, plan: job.plan });
}

/** What a job has come to in a state, as if it had been stopped there. It takes no engine. */
export async function reachedInState(job: Job, state: RunState, io: JobIo): Promise<Stylization> {
  const size = (): Size => job.size;
  const content = await readInput(io, job.content, size);
  const kept = job.keep && maskOf(await readInput(io, job.keep, size), `The mask ${quoted(job.keep)}`);
  return reachedIn(state, { content, ...(kept && { keep: kept }) }, settingsOf(job));
}

/** Reads the pictures of a job, one after another. */
export async function readPictures(job: Job, io: JobIo): Promise<JobPictures> {
  const { styleSize } = settingsOf(job);
  const result = job.plan?.at(-1) ?? job.size;
  const content = await readInput(io, job.content, () => result);
  const styles: Picture[] = [];
  for (const style of job.styles) {
    styles.push(
      await readInput(
        io,
        style,
        styleNeeded(style, (own) => styleSize(own, result)),
      ),
    );
  }
  const pictures = {
    content,
    styles,
    initial: job.initial && (await readInput(io, job.initial, () => result)),
  };
  const masks: Picture[] = [];
  for (const mask of job.masks ?? []) masks.push(await readInput(io, mask, () => result));
  return { ...pictures, masks, keep: job.keep && (await readInput(io, job.keep, () => result)) };
}

/** @throws MisuseError for a picture of another file, and for one that was handed over to another job before. */
async function readInput(io: JobIo, input: JobInput, neededSize: (own: Size) => Size): Promise<Picture> {
  const picture = await io.read(input, neededSize);
  const { width, height, rgb, checksum = input.checksum } = picture;
  if (checksum !== input.checksum) {
    throw new MisuseError(
      `The picture that was given for "${input.name}" is of another file: expected ${input.checksum} but received ${checksum}.`,
    );
  }
  if (rgb.length !== 3 * width * height) {
    throw new MisuseError(
      `The picture that was given for "${input.name}" has ${rgb.length} values instead of ${3 * width * height}: it was handed over to another job, so read it again.`,
    );
  }
  return picture;
}

/**
 * How large a style's file is needed: a part of a painting is seen as large as all of it would be.
 * @param seen the size at which a painting is seen, given its own.
 */
export const styleNeeded =
  ({ crop }: { readonly crop?: Crop | undefined }, seen: (own: Size) => Size) =>
  (own: Size): Size => {
    if (crop === undefined) return seen(own);
    const part = cropSize(own, crop);
    const ratio = seen(part).width / part.width;
    return { width: Math.ceil(own.width * ratio), height: Math.ceil(own.height * ratio) };
  };

/** What a job's options come to; the size is the job's own, for a preset may have its way of rounding. */
export const settingsOf = ({ options, size }: Job): Settings => ({
  ...resolveSettings(options),
  contentSize: () => size,
});

const quoted = (input: JobInput | undefined): string => (input ? `"${input.name}"` : "of the job");

function maskAt(masks: readonly Mask[], index: number): Mask {
  const mask = masks[index];
  if (mask === undefined) {
    throw new MisuseError(`The job names mask ${index + 1} of its ${masks.length}: name one that is there.`);
  }
  return mask;
}
