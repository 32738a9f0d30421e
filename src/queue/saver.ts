/**
 * Saves a run into a storage while it goes on, and stops it once somebody asks for that and what was made is saved. What
 * cannot be saved is told of, and no reason to stop.
 * @module
 */
import { ImpastoError } from "../errors.ts";
import type { Job } from "../job/recipe.ts";
import { type OnTheWay, saveOnTheWay } from "../job/save-on-the-way.ts";
import { loadRun, type SavedRun, savedParts } from "../job/saved-run.ts";
import type { Storage } from "./storage.ts";

/** What is saved, and where. */
export interface SaverOptions {
  readonly storage: Storage;
  /** The checkpoint's name in the storage. */
  readonly name: string;
  readonly job: Job;
  /** The program and its version: another might go on to another picture. */
  readonly software: string;
  /** Seconds between two. */
  readonly every: number;
  /** The wish to stop. */
  readonly stop: AbortSignal;
  /** Told of what goes wrong. */
  readonly tell: (text: string) => void;
}

/** Begins to save a run. */
export const saverOf = ({ storage, name, job, software, every, stop, tell }: SaverOptions): OnTheWay =>
  saveOnTheWay({
    every,
    atOnce: false,
    stop,
    async save(state) {
      try {
        await storage.write(name, savedParts({ job, state, note: software }));
      } catch (error) {
        tell(`The checkpoint could not be saved: ${error instanceof Error ? error.message : String(error)}`);
      }
    },
  });

/**
 * Reads what was saved of a job.
 * @param tell told of what cannot be gone on with.
 * @returns undefined where there is nothing to go on with.
 */
export async function readSaved(
  storage: Storage,
  name: string,
  software: string,
  tell: (text: string) => void,
): Promise<SavedRun | undefined> {
  const bytes = await storage.read(name);
  if (bytes === undefined) return undefined;
  try {
    const run = loadRun(bytes, `"${name}"`);
    if (run.note === software) return run;
    tell(`What was saved of it is ${run.note}'s: it is begun anew.`);
  } catch (error) {
    if (!(error instanceof ImpastoError)) throw error;
    tell(`${error.message} It is begun anew.`);
  }
  return undefined;
}
