/**
 * Where VGG-19's weights are looked for: the file IMPASTO_WEIGHTS names, else the public file in the cache folder.
 * Nothing is read here; a file found may still turn out to be damaged.
 * @module
 */
import { type Stats, statSync } from "node:fs";
import { join, resolve } from "node:path";
import envPaths from "env-paths";
import { MisuseError } from "../errors.ts";
import { PUBLIC_FILE } from "./public-file.ts";

/** Environment variables, such as `process.env`; an empty one counts as unset. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Weights that were found. */
interface LocatedWeights {
  readonly path: string;
  readonly from: "IMPASTO_WEIGHTS" | "cache";
}

/** A place where weights are looked for, and whether a file is there. */
interface WeightsPlace {
  readonly from: "IMPASTO_WEIGHTS" | "cache";
  /** The file; `undefined` if IMPASTO_WEIGHTS is not set. */
  readonly path: string | undefined;
  readonly found: boolean;
}

/** All that `impasto weights where` tells. */
interface WeightsPlaces {
  /** In the order they are looked at. */
  readonly places: readonly WeightsPlace[];
  readonly cacheFolder: string;
  /** The weights that would be used; `undefined` if there are none, or IMPASTO_WEIGHTS names no file. */
  readonly located: LocatedWeights | undefined;
}

const statsOf = (path: string): Stats | undefined => {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    // Not allowed to look, or a file where a folder should be: nothing that could be used.
    return undefined;
  }
};

const isFile = (path: string): boolean => statsOf(path)?.isFile() ?? false;

/** The folder that keeps downloaded weights: IMPASTO_CACHE, else the one the operating system has for caches. */
export const cacheFolderOf = (env: Environment): string =>
  env.IMPASTO_CACHE ? resolve(env.IMPASTO_CACHE) : envPaths("impasto", { suffix: "" }).cache;

/** Says where weights are looked for and what is there; never fails. */
export const whereWeights = (env: Environment): WeightsPlaces => {
  const cacheFolder = cacheFolderOf(env);
  const named = env.IMPASTO_WEIGHTS ? resolve(env.IMPASTO_WEIGHTS) : undefined;
  const cached = join(cacheFolder, PUBLIC_FILE);
  const chosen: LocatedWeights =
    named === undefined ? { path: cached, from: "cache" } : { path: named, from: "IMPASTO_WEIGHTS" };
  return {
    places: [
      { from: "IMPASTO_WEIGHTS", path: named, found: named !== undefined && isFile(named) },
      { from: "cache", path: cached, found: isFile(cached) },
    ],
    cacheFolder,
    located: isFile(chosen.path) ? chosen : undefined,
  };
};

/**
 * Finds the weights to use.
 *
 * @returns `undefined` if IMPASTO_WEIGHTS is not set and the cache holds none.
 * @throws {MisuseError} If IMPASTO_WEIGHTS names no file; the cache is not tried instead.
 */
export const locateWeights = (env: Environment): LocatedWeights | undefined => {
  const { located, places } = whereWeights(env);
  const [named] = places;
  if (named?.path !== undefined && !named.found) {
    const problem = statsOf(named.path)?.isDirectory() ? "a folder" : "a file that does not exist";
    throw new MisuseError(
      `IMPASTO_WEIGHTS names ${problem}, ${named.path}; name a file of weights, or unset it`,
    );
  }
  return located;
};
