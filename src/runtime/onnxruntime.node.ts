/**
 * Runs graphs with ONNX Runtime under Node. The only file that imports it, and only when a runtime is asked for:
 * loading its library takes a while, and `--help` should not wait for it.
 * @module
 */
import { existsSync } from "node:fs";
import type { InferenceSession } from "onnxruntime-node";
import { ImpastoError } from "../errors.ts";
import { writeOnnx } from "../graph/onnx.ts";
import type { Capabilities } from "../graph/tensor.ts";
import { capabilitiesOf } from "./capabilities.ts";
import { coreCount } from "./cores.node.ts";
import type { KeepingRuntime } from "./kept-programs.ts";
import { onnxRuntimeOn } from "./onnxruntime.ts";
import type { Device, RealDevice } from "./runtime.ts";

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
  /** How many bytes of activations programs may have had that are kept for graphs that are the same. @default 0 */
  readonly keep?: number;
}

/** `auto` tries these in order, each only where ONNX Runtime's build for this system has it, and else takes the CPU. */
const FASTEST_FIRST = ["cuda", "dml", "webgpu"] as const;

/**
 * Opens ONNX Runtime on a device.
 * @throws ImpastoError when the device is not there.
 * @example const runtime = await openRuntime({ device: "cpu", threads: 2 });
 */
export async function openRuntime({ keep = 0, ...options }: RuntimeOptions = {}): Promise<KeepingRuntime> {
  const ort = await loadOnnxRuntime();
  // A device that fails is reported by us; ONNX Runtime's own words on it would be in red on every terminal.
  ort.env.logLevel = "fatal";
  const available = ort.listSupportedBackends().map(({ name }) => name);
  const { device = "auto", threads = coreCount(), profile, capabilities } = options;
  const on = (device: NativeDevice): KeepingRuntime =>
    onnxRuntimeOn(ort, {
      device,
      threads,
      capabilities: { ...capabilitiesHere(device), ...capabilities },
      session: sessionOptions(device, { threads, profile }),
      keepsValues: device === "webgpu",
      keep,
    });
  if (device === "wasm") throw new ImpastoError('Device "wasm" is not available here.');
  if (device !== "auto") {
    await requireDevice(ort, device, available);
    return on(device);
  }
  for (const candidate of FASTEST_FIRST) {
    if (available.includes(candidate) && mayHave(candidate) && (await works(ort, candidate)) === true) {
      return on(candidate);
    }
  }
  return on("cpu");
}

/** What there is to know of ONNX Runtime on this machine. */
export interface RuntimeFacts {
  readonly version: string;
  /** Whether each device works; if not, why. */
  readonly devices: Readonly<Record<NativeDevice, true | string>>;
}

/** Tries the smallest model on every device. */
export async function examineRuntime(): Promise<RuntimeFacts> {
  const ort = await loadOnnxRuntime();
  ort.env.logLevel = "fatal";
  const available = ort.listSupportedBackends().map(({ name }) => name);
  const tried = async (device: NativeDevice): Promise<true | string> => {
    if (!available.includes(device)) return NOT_BUILT;
    return mayHave(device) ? works(ort, device) : "no graphics device";
  };
  const devices = {
    cpu: await tried("cpu"),
    cuda: await tried("cuda"),
    webgpu: await tried("webgpu"),
    coreml: await tried("coreml"),
    dml: await tried("dml"),
  };
  return { version: ort.env.versions.node ?? ort.env.versions.common, devices };
}

const NOT_BUILT = "not in this build of ONNX Runtime";

type Ort = typeof import("onnxruntime-node");

/**
 * Keeps the library from looking up a host to send telemetry to, and from keeping files in the user's folders for it. The
 * process's own environment has to say so before the library is loaded, and a worker thread has only a copy of it: whoever
 * opens a runtime in one calls this before.
 */
export function forbidTelemetry(): void {
  process.env.ORT_DISABLE_TELEMETRY ||= "1";
}

function loadOnnxRuntime(): Promise<Ort> {
  forbidTelemetry();
  return import("onnxruntime-node");
}

/** What the native package may have. */
type NativeDevice = Exclude<RealDevice, "wasm">;

/** What all sessions of a runtime have in common. */
interface SessionSettings {
  readonly threads: number;
  readonly profile?: string | undefined;
}

async function requireDevice(ort: Ort, device: NativeDevice, available: readonly string[]): Promise<void> {
  if (device === "cpu") return;
  // ONNX Runtime drops a device it was not built with, with a warning, and runs on the CPU.
  const known = available.includes(device);
  const working = known ? await works(ort, device) : NOT_BUILT;
  if (working === true) return;
  throw new ImpastoError(
    `Device "${device}" is not available here (${working}). Use auto, which takes the fastest that works, or cpu.`,
  );
}

/**
 * Whether it makes sense to try a device nobody asked for: on a Linux without graphics devices, looking for WebGPU makes
 * native libraries print warnings that cannot be silenced.
 */
const mayHave = (device: NativeDevice): boolean =>
  device !== "webgpu" || process.platform !== "linux" || existsSync("/dev/dri");

/** Whether the smallest model runs on the device; if not, ONNX Runtime's own reason. */
async function works(ort: Ort, device: NativeDevice): Promise<true | string> {
  try {
    const { scalar } = await import("../graph/tensor.ts");
    const session = await ort.InferenceSession.create(
      writeOnnx({ one: scalar(1) }, { capabilities: capabilitiesHere(device), made: new WeakMap() }).bytes,
      sessionOptions(device, { threads: 1 }),
    );
    await session.release();
    return true;
  } catch (error) {
    const [reason = ""] = (error instanceof Error ? error.message : String(error)).split("\n");
    // Its checks begin with their place in its sources and what they asked for.
    return reason.replace(/^.* was false\.\s*(?=\S)/, "").trim();
  }
}

function sessionOptions(
  device: NativeDevice,
  { threads, profile }: SessionSettings,
): InferenceSession.SessionOptions {
  return {
    executionProviders: device === "cpu" ? ["cpu"] : [device, "cpu"],
    graphOptimizationLevel: "all",
    logSeverityLevel: 4,
    // A planned memory block comes on top of what the first run took, and nothing gets faster by it.
    enableMemPattern: false,
    intraOpNumThreads: threads,
    ...(profile === undefined ? {} : { enableProfiling: true, profileFilePrefix: profile }),
  };
}

const capabilitiesHere = (device: NativeDevice) => capabilitiesOf(device, process.arch === "x64");
