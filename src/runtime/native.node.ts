/**
 * ONNX Runtime's native package: optional, for its install script fetches CUDA from elsewhere, so that npm must not install
 * it by itself. The only file that imports it, and only when a runtime is asked for: loading its library takes a while, and
 * `--help` should not wait for it. The package's types stay out of what is declared, for who has not installed it.
 * @module
 */
import type { OnnxRuntime } from "./onnxruntime.ts";

/** The package, as far as it is used. */
export interface NativePackage extends OnnxRuntime {
  readonly env: { readonly versions: { readonly common: string; readonly node?: string } };
  listSupportedBackends(): readonly { readonly name: string }[];
}

const NOT_INSTALLED =
  "the package onnxruntime-node is not installed: run `npm install onnxruntime-node --ignore-scripts`, with -g if impasto was installed with it";

/** Loads the package; where that fails, says why and what to do, in words that follow "because". */
export async function loadNative(): Promise<NativePackage | { readonly problem: string }> {
  forbidTelemetry();
  try {
    const native = await import("onnxruntime-node");
    // A device that fails is reported by us; ONNX Runtime's own words on it would be in red on every terminal.
    native.env.logLevel = "fatal";
    return native;
  } catch (error) {
    const missing = error instanceof Error && "code" in error && error.code === "ERR_MODULE_NOT_FOUND";
    const [reason] = String(error instanceof Error ? error.message : error).split("\n");
    return {
      problem: missing ? NOT_INSTALLED : `the package onnxruntime-node cannot be loaded (${reason})`,
    };
  }
}

/**
 * Keeps the library from looking up a host to send telemetry to, and from keeping files in the user's folders for it. The
 * process's own environment has to say so before the library is loaded, and a worker thread has only a copy of it: whoever
 * opens a runtime in one calls this before.
 */
export function forbidTelemetry(): void {
  process.env.ORT_DISABLE_TELEMETRY ||= "1";
}
