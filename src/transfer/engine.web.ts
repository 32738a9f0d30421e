/**
 * Opens what a transfer needs in a browser: the network, the runtime, and a bound on memory.
 * @module
 */
import { ImpastoError, MisuseError } from "../errors.ts";
import { type ByteSource, blobSource } from "../network/byte-source.ts";
import type { Network } from "../network/network.ts";
import { builtInNetwork, vgg19Network } from "../network/open.ts";
import { openRuntime, type WasmAddresses } from "../runtime/onnxruntime.web.ts";
import { type Engine, keptBytes } from "./engine.ts";
import { type Options, type OptionsInput, parseOptions } from "./options.ts";
import { PictureStatistics } from "./statistics.ts";

/** What is opened from the options. Threads can pass it to each other. */
export interface EngineOptions extends Pick<OptionsInput, "convention" | "device" | "threads" | "memory"> {
  /** `built-in`, or VGG-19's weights: their address, or a file that the page was given. @default "built-in" */
  readonly network?: string | Blob;
  /** Whether what was compiled and computed for one run is kept for the next, as far as there is room. @default false */
  readonly reuse?: boolean;
  /** Addresses of what is fetched. @default where the bundler put it */
  readonly files?: EngineFiles;
}

/** Addresses of what an engine fetches. */
export interface EngineFiles {
  /** ONNX Runtime's WebAssembly. */
  readonly wasm?: WasmAddresses;
  /** `models/impasto.safetensors` of the package. */
  readonly builtIn?: string;
  /** `models/vgg19-mean-activations.json` of the package. */
  readonly means?: string;
}

/** An engine, and one line that says which network it uses. */
export interface OpenedEngine extends Engine {
  readonly note: string;
}

/**
 * Opens a network and a runtime in a page or a worker, which is busy as long as WebAssembly computes: see `openRunner`.
 * @example const engine = await openEngine();
 * @throws MisuseError when there are no weights where they are said to be.
 * @throws ImpastoError when the weights cannot be fetched or used, or the device is not there.
 */
export async function openEngine(options: EngineOptions = {}): Promise<OpenedEngine> {
  const { network = "built-in", reuse = false, files = {}, ...others } = options;
  if (!isSecureContext) {
    throw new ImpastoError("impasto needs a page that is served by https, or from this machine itself.");
  }
  const { convention, device, threads, memory = defaultMemory() } = parseOptions(others);
  const opened = await openNetwork(network, files, convention);
  const keep = reuse ? keptBytes(memory) : 0;
  const runtime = await openRuntime({ device, threads, keep: keep / 2, wasm: files.wasm });
  const engine = { ...opened, runtime, memory: memory - keep, close: () => runtime.release() };
  return reuse ? { ...engine, statistics: new PictureStatistics(keep / 2) } : engine;
}

async function openNetwork(
  choice: string | Blob,
  files: EngineFiles,
  convention: Options["convention"],
): Promise<{ readonly network: Network; readonly note: string }> {
  if (choice === "built-in" || choice === "auto") {
    const { builtIn = new URL("../../models/impasto.safetensors", import.meta.url) } = files;
    return { network: await builtInNetwork(await fetched(builtIn)), note: "the built-in network" };
  }
  if (choice === "vgg19") {
    throw new MisuseError("VGG-19 needs its weights: give their address, or a file of them, for network.", {
      lacks: "weights",
    });
  }
  const { means = new URL("../../models/vgg19-mean-activations.json", import.meta.url) } = files;
  const source = choice instanceof Blob ? blobSource(choice, nameOf(choice)) : await fetched(choice);
  const described = await fetched(means);
  const parsed: unknown = JSON.parse(new TextDecoder().decode(await described.read(0, described.size)));
  const network = await vgg19Network(source, parsed, convention === undefined ? {} : { convention });
  return { network, note: `VGG-19 from ${source.name}` };
}

const nameOf = (blob: Blob): string => (blob instanceof File ? blob.name : "the file of weights");

/** @throws ImpastoError when there is no answer, or one that says no. */
async function fetched(address: string | URL): Promise<ByteSource> {
  const failed = (reason: string, cause?: unknown): ImpastoError =>
    new ImpastoError(`${address} cannot be fetched (${reason}): look at the address and the connection.`, {
      cause,
    });
  try {
    const answer = await fetch(address);
    if (!answer.ok) throw failed(`status ${answer.status}`);
    return blobSource(await answer.blob(), String(address));
  } catch (error) {
    if (error instanceof ImpastoError) throw error;
    throw failed(error instanceof Error ? error.message : String(error), error);
  }
}

/** WebAssembly has addresses for 4.29e9 bytes: some are ONNX Runtime's own, and some lie between what is taken. */
const MOST_MEMORY = 3.2e9;

/** What a page may take of the machine's memory. */
const SHARE = 1 / 2;

/** The bytes to use where it is not told how many. Some browsers say how much memory there is, the others say nothing. */
export function defaultMemory(): number {
  const gibibytes = "deviceMemory" in navigator ? Number(navigator.deviceMemory) : Number.POSITIVE_INFINITY;
  return Math.min(MOST_MEMORY, SHARE * gibibytes * 2 ** 30);
}
