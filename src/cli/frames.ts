/**
 * The picture on its way, written to a folder as numbered PNGs, for `impasto timelapse` or any other program. A frame's
 * number is that of its evaluation in the whole run, so that a run that is gone on with writes the same frames again.
 * @module
 */
import { readdir } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { MisuseError } from "../errors.ts";
import { encodePicture } from "../image/encode.node.ts";
import type { Picture } from "../image/picture.ts";
import { isSameFile } from "../image/place.node.ts";
import { checkWritable, clearLeftovers, writeAtomically } from "../image/write.node.ts";
import type { Iterate } from "../transfer/iterate.ts";
import type { FrameOptions } from "./frame-options.ts";

const NAME = /^frame-(\d+)\.png$/;

const nameOf = (evaluation: number): string => `frame-${String(evaluation).padStart(6, "0")}.png`;

/** Writes frames. */
export interface Frames {
  /**
   * Told of each evaluation, in turn. It takes the picture and returns: what is encoded and written meanwhile is one frame
   * at most, for which the next one waits.
   */
  save(iterate: Iterate): Promise<void>;
  /** Waits for the last frame. @returns whether all of them were written. */
  finish(): Promise<boolean>;
}

/**
 * Prepares frames. One that cannot be written on the way ends them, but not the work, whose result is worth more.
 * @param note told of it.
 * @throws MisuseError when the folder is not there, may not be written to, or has frames of another run.
 */
export async function openFrames(
  { folder, every, done = 0 }: FrameOptions,
  note: (text: string) => void,
): Promise<Frames> {
  if (folder === undefined) return { save: async () => {}, finish: async () => true };
  await checkWritable(join(folder, nameOf(every)));
  const [earlier] = await framesIn(folder);
  if (earlier !== undefined && done === 0) {
    throw new MisuseError(
      `"${folder}" has frames of another run, such as ${basename(earlier)}: name an empty folder for --frames.`,
    );
  }
  let evaluation = done;
  let inFlight: Promise<void> = Promise.resolve();
  let failed = false;
  const write = async (picture: Picture, path: string): Promise<void> => {
    try {
      // Of a run that was killed as it wrote this very frame.
      await clearLeftovers(path);
      await writeAtomically(path, await encodePicture(picture, "png"));
    } catch (error) {
      failed = true;
      note(`No more frames: ${error instanceof Error ? error.message : String(error)}`);
    }
  };
  return {
    async save(iterate) {
      evaluation += 1;
      if (failed || !(evaluation % every === 0 || isLast(iterate))) return;
      const picture = await iterate.picture();
      await inFlight;
      if (!failed) inFlight = write(picture, join(folder, nameOf(evaluation)));
    },
    async finish() {
      await inFlight;
      return !failed;
    },
  };
}

const isLast = ({ scale, scales, evaluation, evaluations }: Iterate): boolean =>
  scale === scales && evaluation === evaluations;

/**
 * The frames in a folder, as paths in the order of their evaluations.
 * @throws the system's error where it cannot be looked into.
 */
export async function framesIn(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder);
  const numbered = names.flatMap((name) => {
    const [, number] = NAME.exec(name) ?? [];
    return number === undefined ? [] : [{ name, number: Number(number) }];
  });
  return numbered.sort((one, other) => one.number - other.number).map(({ name }) => join(folder, name));
}

/**
 * Makes sure that no output is to have the place of a frame.
 * @param outputs the files by the flags that name them.
 * @throws MisuseError when one is.
 */
export async function refuseFrameNames(
  outputs: Readonly<Record<string, string | undefined>>,
  { folder }: FrameOptions,
): Promise<void> {
  for (const [flag, path] of Object.entries(outputs)) {
    if (folder === undefined || path === undefined || !NAME.test(basename(path))) continue;
    if (!(await isSameFile(dirname(path), folder))) continue;
    throw new MisuseError(`${flag} names "${path}", as a frame may be called: name another file.`);
  }
}
