/**
 * ONNX Runtime by WebAssembly, under Node: a package without native parts, which runs wherever Node does, and where the
 * native package is missing. One thread, or one process, has one memory and one number of threads for all that it runs.
 * @module
 */
import { ImpastoError } from "../errors.ts";
import { capabilitiesOf } from "./capabilities.ts";
import { coreCount } from "./cores.node.ts";
import type { KeepingRuntime } from "./kept-programs.ts";
import { type DeviceLimits, WASM_LIMITS } from "./limits.ts";
import { onnxRuntimeOn } from "./onnxruntime.ts";

/** How it is opened. */
export interface WasmOptions {
  /** One for each core when absent, or as many as there are already. */
  readonly threads?: number | undefined;
  /** How many bytes of activations programs may have had that are kept for graphs that are the same. */
  readonly keep: (limits: DeviceLimits) => number;
}

/**
 * Opens the runtime.
 * @throws ImpastoError when it has another number of threads here already.
 */
export async function openWasm({ threads, keep }: WasmOptions): Promise<KeepingRuntime> {
  const ort = await import("onnxruntime-web");
  ort.env.logLevel = "fatal";
  const { wasm } = ort.env;
  // The package starts its threads with its first program, and none after.
  const started = wasm.numThreads ?? threads ?? coreCount();
  if (threads !== undefined && threads !== started) {
    throw new ImpastoError(
      `The device wasm computes with ${started} threads here already, and cannot be given ${threads}: use a runner, which has a thread of its own, or another process.`,
    );
  }
  wasm.numThreads = started;
  return onnxRuntimeOn(ort, {
    device: "wasm",
    threads: started,
    capabilities: capabilitiesOf("wasm", false),
    session: {
      executionProviders: ["wasm"],
      graphOptimizationLevel: "all",
      logSeverityLevel: 4,
      enableMemPattern: false,
    },
    keepsValues: false,
    limits: WASM_LIMITS,
    keep: keep(WASM_LIMITS),
  });
}

/** The package's version. */
export async function wasmVersion(): Promise<string> {
  const { env } = await import("onnxruntime-web");
  return env.versions.web ?? env.versions.common;
}
