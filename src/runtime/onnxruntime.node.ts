/**
 * Opens ONNX Runtime under Node: the native package on one of its devices where it is installed, and WebAssembly where it
 * is not.
 * @module
 */
import { existsSync } from "node:fs";
import type { InferenceSession } from "onnxruntime-common";
import { ImpastoError } from "../errors.ts";
import { type Capabilities, scalar } from "../graph/tensor.ts";
import { capabilitiesOf } from "./capabilities.ts";
import { coreCount } from "./cores.node.ts";
import type { KeepingRuntime } from "./kept-programs.ts";
import { type DeviceLimits, LEAST_WEBGPU, webGpuLimits } from "./limits.ts";
import { loadNative, type NativePackage } from "./native.node.ts";
import { onnxRuntimeOn } from "./onnxruntime.ts";
import type { Device, RealDevice, Runtime } from "./runtime.ts";
import { firstTrusted } from "./trial.ts";
import { openWasm, wasmVersion } from "./wasm.node.ts";

/** How a runtime is opened. */
export interface RuntimeOptions {
  /** @default "auto" */
  readonly device?: Device;
  /** CPU threads to use; one for each core when absent. */
  readonly threads?: number;
  /** A file name to begin each operator profile with; no profile when absent. */
  readonly profile?: string;
  /** What to take as good on the device, for comparisons; what is known to be, when absent. */
  readonly capabilities?: Partial<Capabilities>;
  /**
   * How many bytes of activations programs may have had that are kept for graphs that are the same, on a device with these
   * limits; none when absent.
   */
  readonly keep?: (limits: DeviceLimits) => number;
}

/** A runtime, and one sentence on why it is on its device, where somebody might expect another. */
export interface OpenedRuntime extends KeepingRuntime {
  readonly note?: string;
}

/** What there is on a machine. */
export interface Machine {
  loadNative: typeof loadNative;
  /** Whether it makes sense to try a device nobody asked for. */
  mayHave(device: NativeDevice): boolean;
}

/** What the native package may have. */
export type NativeDevice = Exclude<RealDevice, "wasm">;

/** `auto` tries these in order, each where ONNX Runtime's build for this system has it, and else takes the CPU. */
const FASTEST_FIRST = ["cuda", "dml", "webgpu"] as const;

const THIS_MACHINE: Machine = {
  loadNative,
  // On a Linux without graphics devices, looking for WebGPU makes native libraries print warnings that cannot be silenced.
  mayHave: (device) => device !== "webgpu" || process.platform !== "linux" || existsSync("/dev/dri"),
};

/**
 * Opens ONNX Runtime on a device.
 * @throws ImpastoError when the device is not there.
 * @example const runtime = await openRuntime({ device: "cpu", threads: 2 });
 */
export async function openRuntime(
  options: RuntimeOptions = {},
  machine: Machine = THIS_MACHINE,
): Promise<OpenedRuntime> {
  const { device = "auto", threads, keep = () => 0 } = options;
  if (device === "wasm") return openWasm({ threads, keep });
  const native = await machine.loadNative();
  if (!("problem" in native)) {
    return device === "auto" ? fastest(native, options, machine) : asked(native, device, options);
  }
  if (device === "auto") {
    const note = `Computing by WebAssembly, which takes three to four times as long, because ${native.problem}.`;
    return { ...(await openWasm({ threads, keep })), note };
  }
  throw new ImpastoError(`Device "${device}" is not available here, because ${native.problem}; or use wasm.`);
}

async function asked(
  ort: NativePackage,
  device: NativeDevice,
  options: RuntimeOptions,
): Promise<KeepingRuntime> {
  const working = device === "cpu" || (await works(ort, device));
  if (working === true) return nativeOn(ort, device, options);
  throw new ImpastoError(
    `Device "${device}" is not available here (${working}). Use auto, which takes the fastest that works, or cpu.`,
  );
}

async function fastest(
  ort: NativePackage,
  options: RuntimeOptions,
  { mayHave }: Machine,
): Promise<OpenedRuntime> {
  const there: NativeDevice[] = [];
  for (const device of FASTEST_FIRST) {
    if (mayHave(device) && (await works(ort, device)) === true) there.push(device);
  }
  const { keep: _, ...plain } = options;
  const [processor, ...devices] = (["cpu", ...there] as const).map((device) => nativeOn(ort, device, plain));
  const { device, note } = await firstTrusted(devices, processor);
  return { ...nativeOn(ort, device, options), ...(note === undefined ? {} : { note }) };
}

/** What there is to know of ONNX Runtime on this machine. */
export interface RuntimeFacts {
  readonly versions: { readonly native?: string; readonly wasm: string };
  /** Why the native package cannot be used and what to do, where it cannot. */
  readonly missing?: string;
  /** Whether each device works; if not, why. */
  readonly devices: Readonly<Partial<Record<RealDevice, true | string>>>;
}

/** Tries the smallest model on every device. */
export async function examineRuntime({ loadNative, mayHave }: Machine = THIS_MACHINE): Promise<RuntimeFacts> {
  const versions = { wasm: await wasmVersion() };
  const wasm = await compiles(await openWasm({ keep: () => 0 }));
  const native = await loadNative();
  if ("problem" in native) return { versions, missing: native.problem, devices: { wasm } };
  const tried = async (device: NativeDevice): Promise<true | string> =>
    mayHave(device) ? works(native, device) : "no graphics device";
  const { node = native.env.versions.common } = native.env.versions;
  return {
    versions: { ...versions, native: node },
    devices: {
      cpu: await tried("cpu"),
      cuda: await tried("cuda"),
      webgpu: await tried("webgpu"),
      coreml: await tried("coreml"),
      dml: await tried("dml"),
      wasm,
    },
  };
}

/** Whether the smallest model runs on a device; if not, why. */
async function works(ort: NativePackage, device: NativeDevice): Promise<true | string> {
  // ONNX Runtime drops a device it was not built with, with a warning, and runs on the CPU.
  const built = ort.listSupportedBackends().some(({ name }) => name === device);
  return built ? compiles(nativeOn(ort, device, { threads: 1 })) : "not in this build of ONNX Runtime";
}

async function compiles(runtime: Runtime): Promise<true | string> {
  try {
    await (await runtime.compile({ one: scalar(1) })).release();
    return true;
  } catch (error) {
    const [reason = ""] = (error instanceof Error ? error.message : String(error)).split("\n");
    // Its checks begin with their place in its sources and what they asked for.
    return reason.replace(/^.* was false\.\s*(?=\S)/, "").trim();
  }
}

/** A device of the native package, as it is. */
function nativeOn<Native extends NativeDevice>(
  ort: NativePackage,
  device: Native,
  { threads = coreCount(), profile, capabilities, keep = () => 0 }: RuntimeOptions,
): KeepingRuntime & { readonly device: Native } {
  // ONNX Runtime asks a card for all that it allows, and the package tells nobody how much that is: what every card allows
  // is counted on.
  const limits = device === "webgpu" ? webGpuLimits(LEAST_WEBGPU) : {};
  const runtime = onnxRuntimeOn(ort, {
    device,
    threads,
    capabilities: { ...capabilitiesOf(device, process.arch === "x64"), ...capabilities },
    session: sessionOptions(device, threads, profile),
    keepsValues: device === "webgpu",
    limits,
    keep: keep(limits),
  });
  return { ...runtime, device };
}

const sessionOptions = (
  device: NativeDevice,
  threads: number,
  profile: string | undefined,
): InferenceSession.SessionOptions => ({
  executionProviders: device === "cpu" ? ["cpu"] : [device, "cpu"],
  graphOptimizationLevel: "all",
  logSeverityLevel: 4,
  // A planned memory block comes on top of what the first run took, and nothing gets faster by it.
  enableMemPattern: false,
  intraOpNumThreads: threads,
  ...(profile === undefined ? {} : { enableProfiling: true, profileFilePrefix: profile }),
});
