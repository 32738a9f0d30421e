/**
 * What the studio needs, under Node: a folder for what it keeps, sharp for pictures, and a thread for jobs.
 * @module
 */
import { resolve } from "node:path";
import { ImpastoError } from "../errors.ts";
import { encodePicture } from "../image/encode.node.ts";
import type { Picture } from "../image/picture.ts";
import { recipeIn } from "../image/recipe.node.ts";
import { toSamples } from "../image/samples.ts";
import { openRaw } from "../image/sharp.node.ts";
import { decodeInput } from "../job/inputs.node.ts";
import { openRunner } from "../job/worker-runner.node.ts";
import type { Environment } from "../network/locate.node.ts";
import { coreCount } from "../runtime/cores.node.ts";
import type { RealDevice } from "../runtime/runtime.ts";
import { defaultMemory, type EngineOptions } from "../transfer/engine.node.ts";
import type { About } from "./engine.ts";
import { openFolderStore } from "./folder-store.node.ts";
import type { Platform } from "./platform.ts";
import { openKeptWeights } from "./weights.node.ts";

/** Where the studio is, and how much of the machine it may use. */
export interface NodePlatformOptions {
  /** Made where there is none. */
  readonly folder: string;
  readonly software: string;
  /** What `auto` opens: itself, `built-in`, `vgg19` or a file of VGG-19 weights. @default "auto" */
  readonly network?: string | undefined;
  readonly device?: EngineOptions["device"] | undefined;
  readonly threads?: number | undefined;
  readonly memory?: number | undefined;
  /** Breaks off what is being fetched; what has arrived is kept. */
  readonly signal: AbortSignal;
  /** @default process.env */
  readonly environment?: Environment | undefined;
}

/** The longest side to begin with. */
const SIZE = 512;

/**
 * Opens it.
 * @throws MisuseError where the folder cannot be used.
 */
export async function openNodePlatform(options: NodePlatformOptions): Promise<Platform> {
  const {
    folder,
    software,
    signal,
    network = "auto",
    device = "auto",
    threads,
    memory = defaultMemory(),
  } = options;
  const weights = openKeptWeights(options.environment ?? process.env);
  const store = await openFolderStore(folder);
  let opened:
    | { readonly device: RealDevice; readonly threads: number; readonly note: string | undefined }
    | undefined;

  const isFile = !["auto", "vgg19", "built-in"].includes(network);

  /** What is opened for a network that a page asks for. */
  function choiceOf(asked: string): string {
    if (asked === "built-in" || (asked === "auto" && network === "built-in")) return "built-in";
    if (isFile) return network;
    return weights.given ?? (asked === "auto" ? network : "vgg19");
  }

  function about(): Omit<About, "software"> {
    return {
      kind: "server",
      machine: machineWords(
        opened?.device ?? (device === "auto" ? "cpu" : device),
        opened?.threads ?? threads ?? coreCount(),
      ),
      ...(opened?.note === undefined ? {} : { note: opened.note }),
      networks: [
        { name: "built-in", ready: true },
        isFile || weights.ready
          ? { name: "vgg19", ready: true }
          : { name: "vgg19", ready: false, fetch: weights.size },
      ],
      memory,
      size: SIZE,
      folder: resolve(folder),
    };
  }

  return {
    get about() {
      return about();
    },
    software,
    store,
    async openRunner(asked) {
      const runner = await openRunner({
        network: choiceOf(asked),
        device,
        memory,
        ...(threads === undefined ? {} : { threads }),
        reuse: true,
      });
      const { runtime, deviceNote } = runner.engine;
      opened = { ...runtime, note: deviceNote };
      return runner;
    },
    readPicture: (bytes, name, neededSize) => decodeInput(bytes, name, { neededSize, memory }),
    readRecipe: async (bytes) => recipeIn(bytes, "the picture"),
    encode: (picture, how) => encodePicture(picture, "png", how),
    encodePreview,
    fetchWeights: (told) => weights.fetch(told, signal),
    addWeights: (file) => weights.take(file),
  };
}

const PROCESSOR = { cpu: "the processor", wasm: "the processor, by WebAssembly" } as const;

/** In a few words, where it is computed. */
function machineWords(device: RealDevice, threads: number): string {
  if (device === "cpu" || device === "wasm") {
    return `${threads} thread${threads === 1 ? "" : "s"} of ${PROCESSOR[device]}`;
  }
  return `the graphics card, by ${device}`;
}

/** The longest side of what is looked at on the way. */
const LONGEST_PREVIEW = 2048;
const QUALITY = 85;

/** JPEG is the quickest there is; WebP where something can be seen through. */
async function encodePreview(picture: Picture): Promise<Blob> {
  const { width, height, alpha } = picture;
  const samples = toSamples(picture, 8);
  const raw = await openRaw(samples, { width, height, channels: alpha ? 4 : 3 });
  const fitting =
    Math.max(width, height) > LONGEST_PREVIEW
      ? raw.resize(LONGEST_PREVIEW, LONGEST_PREVIEW, { fit: "inside" })
      : raw;
  const encoded = alpha ? fitting.webp({ quality: QUALITY }) : fitting.jpeg({ quality: QUALITY });
  const bytes = await encoded.toBuffer().catch((cause: unknown) => {
    throw new ImpastoError("The picture cannot be shown on its way", { cause });
  });
  return new Blob([Uint8Array.from(bytes)], { type: alpha ? "image/webp" : "image/jpeg" });
}
