/**
 * Pictures as inputs of jobs, wherever they are read.
 * @module
 */
import type { Picture } from "../image/picture.ts";
import type { JobInput } from "./recipe.ts";

/** A picture that was read, and what a job says of it. */
export interface InputPicture {
  readonly picture: Picture;
  readonly facts: JobInput;
}
