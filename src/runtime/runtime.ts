/**
 * What it takes to run a graph, whatever runs it: compile once, run many times, release.
 * @module
 */
import type { Tensor } from "../graph/tensor.ts";

/** Where a graph may run. `auto` takes the fastest device that is there. */
export const DEVICES = ["auto", "cpu", "cuda", "webgpu", "coreml", "dml"] as const;

/** One of {@link DEVICES}. */
export type Device = (typeof DEVICES)[number];

/** A compiled graph. It holds native memory until released. */
export interface Program {
  /**
   * Computes the outputs for the given inputs, each in its tensor's shape, row by row.
   * The results come under the outputs' names, and are the caller's.
   * @throws ShapeError when an input is missing or has another number of values.
   */
  run(inputs: Readonly<Record<string, Float32Array>>): Promise<Readonly<Record<string, Float32Array>>>;
  /** Frees the program's memory; it cannot be run again. */
  release(): Promise<void>;
}

/** Compiles graphs for one device. */
export interface Runtime {
  /** The device graphs run on, never `auto`. */
  readonly device: Exclude<Device, "auto">;
  /** The CPU threads that it computes with. Sums are taken in their order, so results depend on it in their last digits. */
  readonly threads: number;
  compile(outputs: Readonly<Record<string, Tensor>>): Promise<Program>;
}
