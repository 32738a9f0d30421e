/**
 * What the studio needs of where it runs: a place that keeps bytes, pictures read and written, jobs run. There is one under
 * Node and one in a browser.
 * @module
 */
import type { EncodeOptions } from "../image/encode.web.ts";
import type { Picture } from "../image/picture.ts";
import type { Size } from "../image/size.ts";
import type { InputPicture } from "../job/input-picture.ts";
import type { JobRunner } from "../job/runner.ts";
import type { About } from "./engine.ts";

/**
 * Keeps bytes by names such as `runs/4f1c/run.json`. A write is whole or has not been. What begins with `results/` are the
 * pictures that came of runs, under the names that people see (the files of versions): a server has them in the folder that
 * it tells of. Parts that are written are not changed afterwards.
 */
export interface Store {
  read(name: string): Promise<Uint8Array | undefined>;
  write(name: string, parts: readonly Uint8Array[]): Promise<void>;
  remove(name: string): Promise<void>;
  /** All names that begin so, in order. */
  list(prefix: string): Promise<readonly string[]>;
}

/** Where the studio runs. */
export interface Platform {
  readonly about: Omit<About, "software">;
  readonly software: string;
  readonly store: Store;
  /** Opens the engine for `auto`, `built-in` or `vgg19`. It is closed and opened anew where another network is asked for. */
  openRunner(network: string): Promise<JobRunner>;
  /** Decodes a picture, no larger than it has to be. @throws ImpastoError for one that cannot be read. */
  readPicture(bytes: Uint8Array, name: string, neededSize?: (own: Size) => Size): Promise<InputPicture>;
  /** The recipe in a picture's file, if it carries one. */
  readRecipe(bytes: Uint8Array): Promise<string | undefined>;
  /** A PNG to the last bit, with its recipe. */
  encode(picture: Picture, options: EncodeOptions): Promise<Uint8Array>;
  /** Small, and quickly made. */
  encodePreview(picture: Picture): Promise<Blob>;
  /** Fetches VGG-19's weights, unless they are there; {@link about} says so then. Absent where they cannot be fetched. */
  fetchWeights?(told: (done: number, total: number) => void): Promise<void>;
  /** Takes a file of them, as {@link fetchWeights} does. @throws ImpastoError for one that cannot be used. */
  addWeights?(file: Blob, name: string): Promise<void>;
}
