/**
 * The library as far as it works in a browser as under Node: whoever calls it brings what runs models, a {@link Runtime}, and
 * the bytes of weights. Nothing here imports ONNX Runtime, a codec or a part of Node.
 * @module
 */
export { ImpastoError, MisuseError } from "./errors.ts";
export { type Mask, maskOf } from "./image/mask.ts";
export type { Picture } from "./image/picture.ts";
export { resize } from "./image/resize.ts";
export type { Size } from "./image/size.ts";
export { type JobControls, type JobIo, runJob } from "./job/job.ts";
export { type Job, jobFrom, jobOf, type Recipe, recipeOf, writeRecipe } from "./job/recipe.ts";
export type { JobRunner } from "./job/runner.ts";
export { loadRun, type SavedRun, saveRun } from "./job/saved-run.ts";
export { type ByteSource, blobSource } from "./network/byte-source.ts";
export { featuresAt, type Network, throughHeads } from "./network/network.ts";
export { builtInNetwork, vgg19Network } from "./network/open.ts";
export { createOptimizer } from "./optimizer/create.ts";
export type { Program, Runtime } from "./runtime/runtime.ts";
export type { Engine } from "./transfer/engine.ts";
export type { Iterate, Stylization } from "./transfer/iterate.ts";
export { type Measurement, type MeasureRequest, measure } from "./transfer/measure.ts";
export { type OptionsInput, optionsSchema } from "./transfer/options.ts";
export type { RunControls, StylizeRequest } from "./transfer/run.ts";
export { drain, stylize } from "./transfer/stylize.ts";
export { DeviceError, DivergedError } from "./transfer/unfinished.ts";
