/**
 * Opens what a transfer needs under Node: the network, the runtime, and a bound on memory.
 * @module
 */
import type { Environment } from "../network/locate.node.ts";
import { openNetwork } from "../network/open.node.ts";
import type { DeviceLimits } from "../runtime/limits.ts";
import { openRuntime } from "../runtime/onnxruntime.node.ts";
import { memoryToUse, readMemoryFacts } from "./available-memory.node.ts";
import { type Engine, keptBytes } from "./engine.ts";
import { type OptionsInput, parseOptions } from "./options.ts";
import { PictureStatistics } from "./statistics.ts";

/** What is opened from the options. */
export type EngineOptions = Pick<OptionsInput, "network" | "convention" | "device" | "threads" | "memory"> & {
  /** Whether what was compiled and computed for one run is kept for the next, as far as there is room. @default false */
  readonly reuse?: boolean;
};

/** An engine, and one line that says which network it uses and why. */
export interface OpenedEngine extends Engine {
  readonly note: string;
}

/** The part of the memory that is there that impasto allows itself where it is not told how much. */
const SHARE = 0.9;

/**
 * Opens a network and a runtime.
 * @example const engine = await openEngine({ network: "auto" });
 * @throws MisuseError when the weights are not where they are said to be.
 * @throws ImpastoError when the weights cannot be used or the device is not there.
 */
export async function openEngine(
  { reuse = false, ...options }: EngineOptions = {},
  environment: Environment = process.env,
): Promise<OpenedEngine> {
  const { network, convention, device, threads, memory = defaultMemory() } = parseOptions(options);
  const opened = await openNetwork(network, environment, convention);
  const within = ({ memory: most = memory }: DeviceLimits = {}): number => Math.min(memory, most);
  const keepWithin = (limits?: DeviceLimits): number => (reuse ? keptBytes(within(limits)) : 0);
  const runtime = await openRuntime({
    device,
    keep: (limits) => keepWithin(limits) / 2,
    ...(threads === undefined ? {} : { threads }),
  });
  const { limits, note: deviceNote } = runtime;
  const keep = keepWithin(limits);
  const engine = {
    ...opened,
    runtime,
    ...(deviceNote === undefined ? {} : { deviceNote }),
    memory: within(limits) - keep,
    close: () => runtime.release(),
  };
  return reuse ? { ...engine, statistics: new PictureStatistics(keep / 2) } : engine;
}

/** The bytes that a process may use where it is not told how many. */
export const defaultMemory = (): number => SHARE * memoryToUse(readMemoryFacts());
