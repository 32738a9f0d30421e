/**
 * What the command line says of frames. It is loaded for `--help` too, so it must not know the work.
 * @module
 */
import { Option } from "commander";
import { MisuseError } from "../errors.ts";
import { numberFrom } from "./flags.ts";

/** Evaluations from frame to frame where nobody says how many. */
const SAVE_EVERY = 5;

/** The flags that ask for frames. */
export const frameFlags = (): readonly Option[] => [
  new Option("--frames <folder>", "save the picture on its way to this folder, as numbered PNGs"),
  new Option("--save-every <n>", `evaluations from frame to frame (default: ${SAVE_EVERY})`),
];

/** Where frames go, and which. */
export interface FrameOptions {
  /** The folder, which has to be there; no frames when absent. */
  readonly folder: string | undefined;
  /** Evaluations from frame to frame. */
  readonly every: number;
  /** Evaluations that were made before, of a run that is gone on with: its frames may be there. @default 0 */
  readonly done?: number;
}

/**
 * Reads what the command line says of frames.
 * @throws MisuseError for a number that is none, or one without a folder.
 */
export function frameOptionsFrom({ frames, saveEvery }: Readonly<Record<string, unknown>>): FrameOptions {
  const folder = typeof frames === "string" ? frames : undefined;
  if (saveEvery === undefined) return { folder, every: SAVE_EVERY };
  const every = numberFrom(String(saveEvery));
  if (every === undefined || !Number.isInteger(every) || every < 1) {
    throw new MisuseError(
      `Expected a whole number of at least 1 for --save-every but received "${saveEvery}".`,
    );
  }
  if (folder === undefined)
    throw new MisuseError("--save-every is for frames: name their folder with --frames.");
  return { folder, every };
}
