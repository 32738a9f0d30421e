/**
 * What it takes to run a graph, whatever runs it: compile once, run many times, release.
 * @module
 */
import type { Shape } from "../graph/shape.ts";
import type { Tensor } from "../graph/tensor.ts";
import type { DeviceLimits } from "./limits.ts";

/**
 * Where a graph may run. `auto` takes the fastest device that is there; `wasm` is the processor too, by WebAssembly, which
 * is slower than `cpu` and everywhere.
 */
export const DEVICES = ["auto", "cpu", "cuda", "webgpu", "coreml", "dml", "wasm"] as const;

/** One of {@link DEVICES}. */
export type Device = (typeof DEVICES)[number];

/** A device that graphs run on. */
export type RealDevice = Exclude<Device, "auto">;

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

/** Values in a device's own memory, until they are released by whoever holds them. */
export interface DeviceTensor {
  readonly shape: Shape;
  /** Copies the values out, row by row. */
  read(): Promise<Float32Array>;
  release(): void;
}

/** What a program on a device gives: what was asked to be read, and what stays there, which is the caller's. */
export interface DeviceResults {
  readonly read: Readonly<Record<string, Float32Array>>;
  readonly kept: Readonly<Record<string, DeviceTensor>>;
}

/** As {@link Program}, with inputs and results that stay on the device. */
export interface DeviceProgram {
  /** @throws ShapeError when an input is missing or has another shape. */
  run(inputs: Readonly<Record<string, Float32Array | DeviceTensor>>): Promise<DeviceResults>;
  release(): Promise<void>;
}

/** What is to be computed on a device: what is read from it at each run, and what stays. */
export interface DeviceOutputs {
  readonly read: Readonly<Record<string, Tensor>>;
  readonly kept: Readonly<Record<string, Tensor>>;
}

/** Compiles graphs for one device. */
export interface Runtime {
  /** The device graphs run on. */
  readonly device: RealDevice;
  /** The CPU threads that it computes with. Sums are taken in their order, so results depend on it in their last digits. */
  readonly threads: number;
  /** None, when absent. */
  readonly limits?: DeviceLimits;
  compile(outputs: Readonly<Record<string, Tensor>>): Promise<Program>;
  /** Compiles what keeps values on the device; absent where the device's memory is this process's own. */
  readonly compileOnDevice?: (outputs: DeviceOutputs) => Promise<DeviceProgram>;
}
