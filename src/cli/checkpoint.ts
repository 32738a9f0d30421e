/**
 * Checkpoints of a run: its state saved again and again into one file, from which `impasto resume` goes on. The file is
 * written while the run goes on; the run waits no longer than it takes to copy its state.
 * @module
 */
import { statSync } from "node:fs";
import { rm } from "node:fs/promises";
import { resolve } from "node:path";
import * as z from "zod";
import { ImpastoError, MisuseError } from "../errors.ts";
import { STANDARD_INPUT } from "../image/file.node.ts";
import { checkWritable, clearLeftovers, isTaken, writeAtomically } from "../image/write.node.ts";
import type { InputPicture } from "../job/input-picture.ts";
import type { Job } from "../job/recipe.ts";
import { type OnTheWay, saveOnTheWay } from "../job/save-on-the-way.ts";
import { readRun, type SavedRun, savedParts } from "../job/saved-run.ts";
import { withFileSource } from "../network/file-source.node.ts";
import type { RunState } from "../transfer/run-state.ts";
import { isNetworkFile } from "./find-network.ts";
import { numberFrom } from "./flags.ts";
import type { FrameOptions } from "./frame-options.ts";
import type { SeeFile } from "./inputs.ts";
import { namedAsFile, quoteWord } from "./shell.ts";
import { isStandardOutput } from "./standard-output.ts";
import { readSoftware } from "./version.ts";

/** Seconds between two checkpoints, where nobody says. */
export const CHECKPOINT_SECONDS = 10;

/** Checkpoints that are asked for. */
export interface CheckpointRequest {
  readonly path: string;
  /** Seconds between two. */
  readonly every: number;
  /** The files that go in. */
  readonly files: CollectedFiles;
}

/** A file that went in. */
const inputFile = z.object({
  checksum: z.string(),
  path: z.string(),
  /** The size it was read at, which is less than its own where there was too little memory. */
  width: z.int(),
  height: z.int(),
});

const noteSchema = z.object({
  software: z.string(),
  /** Where the result goes, if that was said; else under the first free name in the folder. */
  output: z.string().optional(),
  folder: z.string(),
  /** The file of weights that was named. */
  network: z.string().optional(),
  every: z.number().min(0),
  /** Where the picture on its way goes, and how often. */
  frames: z.object({ folder: z.string(), every: z.int().min(1) }).optional(),
  inputs: z.array(inputFile).readonly(),
});

/** What the command line has to know of a run beside its job and its state. All paths are absolute. */
export type CheckpointNote = Readonly<z.output<typeof noteSchema>>;

/** A file that went in. */
export type InputFile = Readonly<z.output<typeof inputFile>>;

/** What a checkpoint says. */
export interface Checkpoint extends Pick<SavedRun, "job" | "state" | "files"> {
  readonly note: CheckpointNote;
}

/**
 * Takes what was asked for out of what the command line gave.
 * @throws MisuseError where it makes no sense.
 */
export function checkpointFrom(flags: Readonly<Record<string, unknown>>): CheckpointRequest | undefined {
  const { checkpoint: path, checkpointEvery, checkpointPictures } = flags;
  const every = secondsFrom(checkpointEvery) ?? CHECKPOINT_SECONDS;
  if (typeof path === "string")
    return { path, every, files: collectFiles(() => checkpointPictures === true) };
  for (const [flag, given] of Object.entries({ every: checkpointEvery, pictures: checkpointPictures })) {
    if (given !== undefined) {
      throw new MisuseError(
        `--checkpoint-${flag} is for --checkpoint: name a file with it, or leave both out.`,
      );
    }
  }
  return undefined;
}

/** Seconds between two checkpoints, as they were given, if they were. @throws MisuseError where they are none. */
export function secondsFrom(given: unknown): number | undefined {
  if (given === undefined) return undefined;
  const seconds = numberFrom(String(given)) ?? Number.NaN;
  if (seconds >= 0 && Number.isFinite(seconds)) return seconds;
  throw new MisuseError(
    `Expected a finite number of seconds of at least 0 for --checkpoint-every but received ${JSON.stringify(given)}.`,
  );
}

/**
 * Makes sure that checkpoints can be written into a file that is not there yet: one that is may be all that is left of
 * another run.
 * @throws MisuseError where they cannot.
 */
export async function checkNewCheckpoint(path: string): Promise<void> {
  if (isStandardOutput(path)) {
    throw new MisuseError("--checkpoint needs a file, which it writes again and again: name one.");
  }
  await checkWritable(path);
  if (await isTaken(path)) {
    throw new MisuseError(
      `"${path}" is there already, and may be the checkpoint of another run: \`${resumeCommand(path)}\` goes on with it; else remove it, or name another file.`,
    );
  }
}

const resumeCommand = (path: string): string => `impasto resume ${quoteWord(namedAsFile(path))}`;

/**
 * Reads a checkpoint.
 * @throws MisuseError for a file that is not there, or is another version's; ImpastoError for one that is damaged.
 */
export async function readCheckpoint(path: string): Promise<Checkpoint> {
  const name = `"${path}"`;
  const run = await withFileSource(path, (source) => readRun({ ...source, name }), "checkpoint").catch(
    (cause: unknown) => {
      if (!(cause instanceof ImpastoError) || cause instanceof MisuseError) throw cause;
      // What would help with weights does not help here.
      const [reason] = cause.message.split(";");
      throw new ImpastoError(`${reason}: it is no checkpoint, or was cut short or changed; begin anew.`, {
        cause,
      });
    },
  );
  const { job, state, files } = run;
  const note = noteFrom(run.note);
  if (note === undefined) {
    throw new MisuseError(
      `${name} was not saved by impasto's command line, and does not say where its pictures are: go on with it in the program that saved it.`,
    );
  }
  if (note.software !== readSoftware()) {
    throw new MisuseError(
      `${name} was saved by ${note.software}, and ${readSoftware()} might make another picture of it: go on with ${note.software}, or begin anew.`,
    );
  }
  return { job, state, note, ...(files === undefined ? {} : { files }) };
}

function noteFrom(text: string | undefined): CheckpointNote | undefined {
  try {
    return noteSchema.safeParse(JSON.parse(text ?? "")).data;
  } catch {
    return undefined;
  }
}

/** The files that went in, as they are read. */
export interface CollectedFiles {
  readonly see: SeeFile;
  readonly inputs: readonly InputFile[];
  /** Those that are held, by checksum. */
  readonly held: Readonly<Record<string, Uint8Array>>;
}

/**
 * Collects files. What came through a pipe cannot be read again, and is held in any case.
 * @param hold whether others are held.
 */
export function collectFiles(hold: (checksum: string) => boolean): CollectedFiles {
  const inputs: InputFile[] = [];
  const held: Record<string, Uint8Array> = {};
  return {
    inputs,
    held,
    see(path, bytes, { picture: { width, height }, facts: { checksum } }) {
      inputs.push({ checksum, path: resolve(path), width, height });
      if (hold(checksum) || !isPlainFile(path)) held[checksum] = bytes;
    },
  };
}

const isPlainFile = (path: string): boolean =>
  path !== STANDARD_INPUT && (statSync(path, { throwIfNoEntry: false })?.isFile() ?? false);

/**
 * Makes sure that a picture was read as it was when the run began: more memory or less may make it another.
 * @throws ImpastoError where it was not.
 */
export function checkSize(path: string, { picture, facts }: InputPicture, { inputs }: CheckpointNote): void {
  const before = inputs.find(({ checksum }) => checksum === facts.checksum);
  if (before?.width === picture.width && before.height === picture.height) return;
  throw new ImpastoError(
    `"${path}" was read at ${before?.width}×${before?.height} pixels when the run began, and with the memory there is now it is read at ${picture.width}×${picture.height}, which would give another picture: free some memory, or begin anew.`,
  );
}

/** What saves a run on its way. */
export interface Checkpoints extends Omit<OnTheWay, "settled"> {
  /**
   * The run was stopped: what is to be said of going on.
   * @param written where the best so far was written.
   * @param flags what is to be given to go on.
   */
  keep(written: string, flags?: string): Promise<string>;
  /** The run came to its end, and its picture is written: the file is not needed any more. */
  remove(): Promise<void>;
}

/** A run that is to be saved. */
export interface RunToSave {
  readonly job: Job;
  /** Where the result goes, if that was said. */
  readonly output: string | undefined;
  /** Where it goes otherwise; the current folder, when absent. */
  readonly folder?: string;
  /** The option `network`, which may name a file. */
  readonly network: string;
  /** What was asked of frames, if anything was. */
  readonly frames?: Pick<FrameOptions, "folder" | "every"> | undefined;
}

/**
 * Begins to save a run. A checkpoint that cannot be written is told of, and the one before stays.
 * @param stop the wish to stop.
 * @param tell told of what goes wrong.
 */
export async function keepCheckpoints(
  { path, every, files }: CheckpointRequest,
  { job, output, folder = process.cwd(), network, frames }: RunToSave,
  stop: AbortSignal,
  tell: (text: string) => void,
): Promise<Checkpoints> {
  await clearLeftovers(path);
  const noteWith = (output: string | undefined): string => {
    const note: CheckpointNote = {
      software: readSoftware(),
      ...(output === undefined ? {} : { output: isStandardOutput(output) ? output : resolve(output) }),
      folder,
      ...(isNetworkFile(network) ? { network: resolve(network) } : {}),
      every,
      ...(frames?.folder === undefined
        ? {}
        : { frames: { folder: resolve(frames.folder), every: frames.every } }),
      inputs: files.inputs,
    };
    return JSON.stringify(note);
  };
  let failing = false;

  async function save(state: RunState, note = noteWith(output)): Promise<void> {
    try {
      await writeAtomically(path, savedParts({ job, state, files: files.held, note }));
      failing = false;
    } catch (error) {
      // Whatever it is: the work itself has not failed.
      const reason = error instanceof Error ? error.message : String(error);
      if (!failing) tell(`The checkpoint could not be saved: ${reason}`);
      failing = true;
    }
  }

  const { signal, see, settled } = saveOnTheWay({ every, stop, save });
  return {
    signal,
    see,
    async keep(written, flags = "") {
      await settled();
      if (failing || !(await isTaken(path))) return "";
      if (output === undefined) {
        // So that going on writes over what is no more than half a picture.
        const { state } = await readCheckpoint(path);
        await save(state, noteWith(written));
      }
      return `; \`${`${resumeCommand(path)} ${flags}`.trim()}\` goes on`;
    },
    async remove() {
      await settled();
      await rm(path, { force: true });
    },
  };
}
