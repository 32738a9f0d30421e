/**
 * The library under Node. Open an engine once, read pictures, repaint as many as you like.
 * @module
 */
export { decodePicture, readPicture } from "./image/decode.node.ts";
export { type EncodeOptions, encodePicture } from "./image/encode.node.ts";
export type { ReadOptions } from "./image/reading.ts";
export type { InputPicture } from "./job/input-picture.ts";
export { readInput } from "./job/inputs.node.ts";
export { openRunner } from "./job/worker-runner.node.ts";
export * from "./portable.ts";
export { openEngine } from "./transfer/engine.node.ts";
