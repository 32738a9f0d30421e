/**
 * The library in a browser: everything that it is elsewhere, with the browser's own decoders, and ONNX Runtime by WebGPU or
 * WebAssembly, in the page or in a worker.
 * @module
 */
export { decodePicture, readPicture } from "./image/decode.web.ts";
export { type EncodeOptions, encodePicture } from "./image/encode.web.ts";
export type { ReadOptions } from "./image/reading.ts";
export type { InputPicture } from "./job/input-picture.ts";
export { readInput } from "./job/inputs.web.ts";
export { openRunner } from "./job/worker-runner.web.ts";
export * from "./portable.ts";
export { type EngineFiles, type EngineOptions, openEngine } from "./transfer/engine.web.ts";
