/**
 * `impasto timelapse`: makes an animation of the frames that `--frames` saved, or of any pictures of one shape. Those from
 * coarse sizes are enlarged to the last one's.
 * @module
 */
import { basename, resolve } from "node:path";
import { ImpastoError, MisuseError } from "../../errors.ts";
import {
  ANIMATION_LIMITS,
  type AnimationFormat,
  animationBytes,
  encodeAnimation,
  type Frame,
} from "../../image/animation.node.ts";
import { readPicture } from "../../image/decode.node.ts";
import type { Picture } from "../../image/picture.ts";
import { isSameFile } from "../../image/place.node.ts";
import { resize } from "../../image/resize.ts";
import { LONGEST_SIDE, SHORTEST_SIDE, type Size, sizeWithLongestSide } from "../../image/size.ts";
import { required } from "../../required.ts";
import { defaultMemory } from "../../transfer/engine.node.ts";
import { numberFrom } from "../flags.ts";
import { picturesIn } from "../folder.ts";
import { framesIn } from "../frames.ts";
import { openPlace } from "../place.ts";
import { printableJson } from "../printable.ts";
import { openProgress, type Progress } from "../progress.ts";
import { orRescue } from "../rescue.ts";
import { checkStandardOutput, isStandardOutput } from "../standard-output.ts";
import { stemOf } from "../target.ts";
import { type Timing, timingOf } from "../timing.ts";

/** Longer than anybody looks, and within what GIF can say. */
const MOST_SECONDS = 600;

/** Makes the animation. */
export async function timelapseCommand(
  paths: readonly string[],
  flags: Readonly<Record<string, unknown>>,
): Promise<void> {
  const output = typeof flags.output === "string" ? flags.output : undefined;
  checkStandardOutput(output, flags.json === true);
  const seconds = secondsFrom("--seconds", flags.seconds, 0.1);
  const hold = secondsFrom("--hold", flags.hold, 0);
  const longest = sideFrom(flags.size);
  const named = output !== undefined && !isStandardOutput(output);
  const format = named ? formatOf(output) : "webp";
  const files = await filesIn(paths);
  await refuseOverwriting(output, files);
  const stem = named
    ? stemOf([output])
    : `${stemOf([basename(resolve(required(paths[0], "frames")))])}-timelapse`;
  const writeBytes = await openPlace(output, stem, `.${format}`);

  const progress = await openProgress({ quiet: flags.quiet === true });
  try {
    const timing = timingOf(files.length, seconds, hold, ANIMATION_LIMITS[format]);
    const { size, frames } = await openMovie(files, timing, longest, progress);
    checkMemory(size, timing.shown.length);
    const bytes = await encodeAnimation(frames, timing.shown.length, size, format);
    const write = () => writeBytes(bytes);
    const path = await orRescue({ write, rescue: async () => bytes, stem, extension: `.${format}` });
    const whole = timing.milliseconds.reduce((sum, one) => sum + one, 0) / 1000;
    const facts = { output: path, ...size, frames: timing.shown.length, of: files.length, seconds: whole };
    progress.note(
      `Wrote ${path} (${size.width}×${size.height}, ${facts.frames} of ${facts.of} frames, ${whole} s)`,
    );
    if (flags.json) process.stdout.write(`${printableJson(facts)}\n`);
  } finally {
    progress.end();
  }
}

function secondsFrom(flag: string, text: unknown, least: number): number {
  const seconds = numberFrom(String(text));
  if (seconds === undefined || seconds < least || seconds > MOST_SECONDS) {
    throw new MisuseError(
      `Expected a number of seconds from ${least} to ${MOST_SECONDS} for ${flag} but received "${text}".`,
    );
  }
  return seconds;
}

function sideFrom(text: unknown): number | undefined {
  if (text === undefined) return undefined;
  const side = numberFrom(String(text));
  if (side === undefined || !Number.isInteger(side) || side < SHORTEST_SIDE || side > LONGEST_SIDE) {
    throw new MisuseError(
      `Expected a whole number from ${SHORTEST_SIDE} to ${LONGEST_SIDE} for --size but received "${text}".`,
    );
  }
  return side;
}

function formatOf(output: string): AnimationFormat {
  const [, extension = ""] = /[^/\\]\.(webp|gif)$/i.exec(output) ?? [];
  switch (extension.toLowerCase()) {
    case "webp":
      return "webp";
    case "gif":
      return "gif";
    default:
      throw new MisuseError(`Expected an output that ends in .webp or .gif but received "${output}".`);
  }
}

/** Folders stand for the frames in them, or where they have none for their pictures. */
async function filesIn(paths: readonly string[]): Promise<readonly string[]> {
  const files: string[] = [];
  for (const path of paths) {
    const pictures = picturesIn(path);
    const frames = pictures === undefined ? [path] : await framesIn(path);
    const own = frames.length > 0 ? frames : (pictures ?? []);
    if (own.length === 0) {
      throw new MisuseError(
        `"${path}" has no pictures: name the folder that --frames named, or pictures in their order.`,
      );
    }
    files.push(...own);
  }
  if (files.length < 2) {
    throw new MisuseError(
      `"${files[0]}" is the only picture, and an animation needs at least two: name more.`,
    );
  }
  return files;
}

async function refuseOverwriting(output: string | undefined, files: readonly string[]): Promise<void> {
  if (output === undefined || isStandardOutput(output)) return;
  for (const file of files) {
    if (!(await isSameFile(output, file))) continue;
    throw new MisuseError(`--output would write over the input "${file}": name another file.`);
  }
}

/** The size of all frames, and the frames one after another. */
async function openMovie(
  files: readonly string[],
  { shown, milliseconds }: Timing,
  longest: number | undefined,
  progress: Progress,
): Promise<{ readonly size: Size; readonly frames: AsyncIterable<Frame> }> {
  const memory = defaultMemory();
  const sizeOf = ({ width, height }: Size): Size =>
    longest === undefined ? { width, height } : sizeWithLongestSide(width, height, longest);
  const last = required(files.at(-1), "last frame");
  const { width, height } = await readPicture(last, { neededSize: sizeOf, memory });
  const size = sizeOf({ width, height });
  async function* frames(): AsyncGenerator<Frame> {
    for (const [index, place] of shown.entries()) {
      progress.update(() => `Frame ${index + 1} of ${shown.length}`);
      const path = required(files[place], "frame");
      const picture = await readPicture(path, { neededSize: () => size, memory });
      checkShape(path, picture, { width, height }, last);
      yield {
        picture: resize(picture, size.width, size.height),
        milliseconds: required(milliseconds[index], "time"),
      };
    }
  }
  return { size, frames: frames() };
}

/** Sizes are rounded to whole pixels, and the sides of small ones differ the most by it. */
const ROUNDING = 1;

/** The least that a side was before it was rounded, or lengthened to the shortest there is. */
const least = (side: number): number => (side <= SHORTEST_SIDE ? 0 : side - ROUNDING);

const most = (side: number): number => side + ROUNDING;

/** Whether a size may be wider for its height than another is, or just as wide. */
const mayBeWider = (one: Size, other: Size): boolean =>
  most(one.width) * most(other.height) >= least(other.width) * least(one.height);

/** @param wanted the last frame's own size: what it is reduced to is rounded once more. */
function checkShape(path: string, { width, height }: Picture, wanted: Size, last: string): void {
  const own = { width, height };
  if (mayBeWider(own, wanted) && mayBeWider(wanted, own)) return;
  throw new MisuseError(
    `"${path}" has ${width}×${height} pixels, and "${last}" another shape: name pictures of one shape.`,
  );
}

function checkMemory(size: Size, frames: number): void {
  const [needed, there] = [animationBytes(size, frames), defaultMemory()];
  if (needed <= there) return;
  throw new ImpastoError(
    `${frames} frames of ${size.width}×${size.height} take about ${gigabytes(needed)} of memory where ${gigabytes(there)} are there: choose a smaller --size.`,
  );
}

const gigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(1)} GB`;
