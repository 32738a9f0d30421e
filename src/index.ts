/**
 * The library. Open an engine once, read pictures, repaint as many as you like.
 * @module
 */
export { ImpastoError, MisuseError } from "./errors.ts";
export { decodePicture, readPicture } from "./image/decode.node.ts";
export { encodePicture } from "./image/encode.node.ts";
export type { Picture } from "./image/picture.ts";
export type { ReadOptions } from "./image/reading.ts";
export { resize } from "./image/resize.ts";
export type { Size } from "./image/size.ts";
export { type InputPicture, readInput } from "./job/inputs.node.ts";
export { type JobControls, type JobIo, runJob } from "./job/job.ts";
export { type Job, jobFrom, jobOf, type Recipe, recipeOf, writeRecipe } from "./job/recipe.ts";
export type { JobRunner } from "./job/runner.ts";
export { loadRun, type SavedRun, saveRun } from "./job/saved-run.ts";
export { openRunner } from "./job/worker-runner.node.ts";
export { featuresAt, throughHeads } from "./network/network.ts";
export { createOptimizer } from "./optimizer/create.ts";
export { DivergedError } from "./transfer/diverged.ts";
export { openEngine } from "./transfer/engine.node.ts";
export type { Engine } from "./transfer/engine.ts";
export type { Iterate, Stylization } from "./transfer/iterate.ts";
export { type Measurement, measure } from "./transfer/measure.ts";
export { type OptionsInput, optionsSchema } from "./transfer/options.ts";
export type { RunControls, StylizeRequest } from "./transfer/run.ts";
export { drain, stylize } from "./transfer/stylize.ts";
