/**
 * Runs graphs with ONNX Runtime in a browser: on the graphics card by WebGPU where there is one, else by WebAssembly. The
 * only file that imports its package for browsers, and only when a runtime is asked for.
 * @module
 */
import type { Env, InferenceSession } from "onnxruntime-common";
import { ImpastoError, MisuseError } from "../errors.ts";
import { capabilitiesOf } from "./capabilities.ts";
import { failingClearly } from "./failures.ts";
import type { KeepingRuntime } from "./kept-programs.ts";
import { WASM_LIMITS, webGpuLimits } from "./limits.ts";
import { onnxRuntimeOn } from "./onnxruntime.ts";
import type { Device } from "./runtime.ts";

/** How a runtime is opened. */
export interface RuntimeOptions {
  /** `auto` is `webgpu` where there is a graphics card for it, else `wasm`. @default "auto" */
  readonly device?: Device;
  /** Threads of WebAssembly. @default one for each processor, four at most; one where the page is not isolated */
  readonly threads?: number | undefined;
  /** How many bytes of activations programs may have had that are kept for graphs that are the same. @default 0 */
  readonly keep?: number;
  /** The folder, or the addresses, of ONNX Runtime's WebAssembly. @default where the bundler put it */
  readonly wasm?: WasmAddresses | undefined;
}

/** Where ONNX Runtime's WebAssembly is fetched from. */
export type WasmAddresses = string | { readonly wasm?: string; readonly mjs?: string };

/** Browsers count processors, of which two may be one core's, or slow ones. */
const MOST_THREADS = 4;

/**
 * Opens ONNX Runtime in a page or a worker, which is busy as long as WebAssembly computes.
 * @throws ImpastoError when the device is not there, or ONNX Runtime cannot be fetched.
 * @throws MisuseError when it was opened here before with another number of threads.
 * @example const runtime = await openRuntime({ device: "wasm" });
 */
export async function openRuntime(options: RuntimeOptions = {}): Promise<KeepingRuntime> {
  const { device = "auto", threads: asked, keep = 0, wasm } = options;
  if (asked !== undefined && asked > 1 && !crossOriginIsolated) {
    throw new ImpastoError(
      `${asked} threads need a page that is isolated: serve it with the headers "Cross-Origin-Opener-Policy: same-origin" and "Cross-Origin-Embedder-Policy: require-corp", or take one thread.`,
    );
  }
  const card = await cardFor(device);
  const ort = await loadOnnxRuntime();
  const threads = configure(ort.env, asked, wasm);
  const chosen = card === undefined ? "wasm" : "webgpu";
  const runtime = onnxRuntimeOn(ort, {
    device: chosen,
    threads,
    capabilities: capabilitiesOf(chosen, false),
    session: sessionOptions(card),
    keepsValues: card !== undefined,
    limits: card === undefined ? WASM_LIMITS : webGpuLimits(card.limits),
    keep,
  });
  if (card === undefined) return failingClearly(runtime);
  const lost = card.lost.then(({ message, reason }) => message || reason);
  const failing = failingClearly(runtime, lost);
  const release = async (): Promise<void> => {
    await failing.release();
    card.destroy();
  };
  return { ...failing, release };
}

type Ort = typeof import("onnxruntime-web/webgpu");

/** WebAssembly that can wait for the graphics card by itself is smaller and faster; not every browser runs it. */
const loadOnnxRuntime = (): Promise<Ort> =>
  "Suspending" in WebAssembly ? import("onnxruntime-web/jspi") : import("onnxruntime-web/webgpu");

/** The threads of WebAssembly where nobody says how many: one in a page that is not isolated. */
export const threadsHere = (): number =>
  crossOriginIsolated ? Math.min(navigator.hardwareConcurrency, MOST_THREADS) : 1;

/** Whether `auto` is a graphics card here. One that the processor stands in for is slower than WebAssembly. */
export const hasCard = async (): Promise<boolean> => isCard(await findAdapter());

const isCard = (adapter: GPUAdapter | null): adapter is GPUAdapter =>
  adapter?.info.isFallbackAdapter === false;

const findAdapter = async (): Promise<GPUAdapter | null> =>
  "gpu" in navigator ? navigator.gpu.requestAdapter({ powerPreference: "high-performance" }) : null;

/**
 * The graphics card; undefined for WebAssembly. It is opened here, since ONNX Runtime would let go of its own with every last
 * program.
 */
async function cardFor(device: Device): Promise<GPUDevice | undefined> {
  if (device === "wasm") return undefined;
  if (device !== "auto" && device !== "webgpu") {
    throw new ImpastoError(`Device "${device}" is not available in a browser. Use auto, webgpu or wasm.`);
  }
  const adapter = await findAdapter();
  const unavailable = (reason: string): ImpastoError =>
    new ImpastoError(`Device "webgpu" is not available in this browser (${reason}). Use auto or wasm.`);
  if (device === "auto" && !isCard(adapter)) return undefined;
  if (adapter === null) throw unavailable("no graphics card");
  return adapter.requestDevice(allOf(adapter)).catch((error: unknown) => {
    if (device === "auto") return undefined;
    throw unavailable(error instanceof Error ? error.message : String(error));
  });
}

/** What ONNX Runtime's products of matrices use where it is there. */
const FEATURES = ["subgroups"] as const;

/** What large pictures need more of than any card is sure to have. */
const LIMITS = [
  "maxBufferSize",
  "maxComputeInvocationsPerWorkgroup",
  "maxComputeWorkgroupSizeX",
  "maxComputeWorkgroupSizeY",
  "maxComputeWorkgroupSizeZ",
  "maxComputeWorkgroupStorageSize",
  "maxComputeWorkgroupsPerDimension",
  "maxStorageBufferBindingSize",
  "maxStorageBuffersPerShaderStage",
] as const;

/** A device that may do all that its card can. */
const allOf = ({ features, limits }: GPUAdapter): GPUDeviceDescriptor => ({
  requiredFeatures: FEATURES.filter((name) => features.has(name)),
  requiredLimits: Object.fromEntries(LIMITS.map((name) => [name, limits[name]])),
});

/** ONNX Runtime is configured once for a page or worker, before its first model. @returns the threads that it has. */
function configure(env: Env, asked: number | undefined, addresses: WasmAddresses | undefined): number {
  const { wasm } = env;
  const before = wasm.numThreads;
  const threads = asked ?? before ?? threadsHere();
  if (before !== undefined && before !== threads) {
    throw new MisuseError(
      `ONNX Runtime was opened here with ${before} threads, and cannot have ${threads}: take as many, or open a runner, which has a worker of its own.`,
    );
  }
  env.logLevel = "fatal";
  wasm.numThreads = threads;
  if (addresses !== undefined) wasm.wasmPaths = addresses;
  return threads;
}

const sessionOptions = (card: GPUDevice | undefined): InferenceSession.SessionOptions => ({
  executionProviders: [card === undefined ? { name: "wasm" } : { name: "webgpu", device: card }],
  graphOptimizationLevel: "all",
  logSeverityLevel: 4,
  enableMemPattern: false,
});
