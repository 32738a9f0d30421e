/**
 * Reads VGG-19's weights from a file: Keras' HDF5 or safetensors with torchvision's names, told apart by their
 * first bytes, never by their names. Only the tensors needed are read, one at a time.
 * @module
 */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { type FileHandle, open, stat } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import { ImpastoError, MisuseError } from "../errors.ts";
import { CONVENTIONS, type Convention, recogniseConvention, reverseInputChannels } from "./convention.ts";
import { SIGNATURE } from "./hdf5/objects.ts";
import { readHdf5 } from "./hdf5.node.ts";
import { byLayer, type Layer } from "./layers.ts";
import { decodeTensor, headerSize, parseHeader, type TensorEntry } from "./safetensors.ts";
import { findTorchvisionLayers } from "./torchvision.ts";
import { type ConvolutionWeights, checkFinite, OXFORD, TORCHVISION, type VggWeights } from "./weights.ts";

/** How to read a file of weights. */
export interface ReadWeightsOptions {
  /**
   * The input the first convolution was made for. `auto` takes what the file's metadata says (key `convention`),
   * else recognises Oxford's values, for RGB, BGR or torchvision's input, else takes torchvision's convention.
   *
   * @default "auto"
   */
  readonly convention?: "auto" | Convention;
}

/** What a file of weights turned out to be. */
export interface WeightsFile {
  readonly weights: VggWeights;
  readonly format: "Keras HDF5" | "safetensors";
  /** The convention of the file; inside impasto `caffe` has become `oxford`. */
  readonly convention: Convention;
  /** How it was told: `assumed` means that nothing did, as with torchvision's own weights. */
  readonly conventionFrom: "stated" | "layout" | "metadata" | "values" | "assumed";
}

/**
 * Hashes of a file, in hexadecimal, in one pass that holds a megabyte at a time.
 *
 * @throws {Error} If the file cannot be read.
 */
export const digestFile = async <A extends "md5" | "sha256">(
  path: string,
  algorithm: A,
  ...more: A[]
): Promise<Record<A, string>> => {
  const hashes = new Map([algorithm, ...more].map((name) => [name, createHash(name)]));
  await pipeline(
    createReadStream(path, { highWaterMark: 1 << 20 }),
    async (chunks: AsyncIterable<Buffer>) => {
      for await (const chunk of chunks) for (const hash of hashes.values()) hash.update(chunk);
    },
  );
  const digests: Partial<Record<A, string>> = {};
  for (const [name, hash] of hashes) digests[name] = hash.digest("hex");
  const complete = (partial: Partial<Record<A, string>>): partial is Record<A, string> =>
    algorithm in partial;
  if (!complete(digests)) throw new TypeError(`Expected a digest by ${algorithm}`);
  return digests;
};

const PICKLE_ADVICE =
  "convert it to safetensors: python -c \"import torch, safetensors.torch as s; s.save_file({k: v.contiguous() for k, v in torch.load('vgg19.pth', map_location='cpu', weights_only=True).items()}, 'vgg19.safetensors')\"";

const startsWith = (head: Uint8Array, magic: string): boolean =>
  Buffer.from(head.subarray(0, magic.length)).toString("latin1") === magic;

/** The format of a file by its first bytes, or an error that says what the file is instead. */
const formatOf = (path: string, head: Uint8Array): WeightsFile["format"] => {
  if (SIGNATURE.every((byte, index) => byte === head[index])) return "Keras HDF5";
  if (startsWith(head.subarray(8), "{")) return "safetensors";
  const text = Buffer.from(head).toString("latin1");
  const [first, protocol = 0] = head;
  if (startsWith(head, "PK\x03\x04") || (first === 0x80 && protocol >= 2 && protocol <= 5)) {
    throw new ImpastoError(
      `${path} is a PyTorch .pth file, which could run code when read; ${PICKLE_ADVICE}`,
    );
  }
  if (text.startsWith("version https://git-lfs")) {
    throw new ImpastoError(
      `${path} is a Git LFS pointer, not the weights themselves; fetch the file it points to`,
    );
  }
  if (/^\s*<(?:!doctype|html|\?xml)/i.test(text)) {
    throw new ImpastoError(`${path} is a web page, not weights; download the file again`);
  }
  throw new ImpastoError(
    `${path} is neither HDF5 nor safetensors; expected VGG-19's weights, which "impasto weights fetch" gets`,
  );
};

const readBytes = async (handle: FileHandle, begin: number, end: number): Promise<Uint8Array> => {
  const bytes = new Uint8Array(end - begin);
  let done = 0;
  while (done < bytes.length) {
    const { bytesRead } = await handle.read(bytes, done, bytes.length - done, begin + done);
    if (bytesRead === 0) break;
    done += bytesRead;
  }
  return bytes.subarray(0, done);
};

const toldConvention = (
  stated: "auto" | Convention,
  metadata: Readonly<Record<string, string>>,
  kernel: Float32Array,
): Pick<WeightsFile, "convention" | "conventionFrom"> => {
  if (stated !== "auto") return { convention: stated, conventionFrom: "stated" };
  const described = CONVENTIONS.find((convention) => convention === metadata.convention);
  if (described !== undefined) return { convention: described, conventionFrom: "metadata" };
  const recognised = recogniseConvention(kernel);
  if (recognised !== undefined) return { convention: recognised, conventionFrom: "values" };
  return { convention: "torchvision", conventionFrom: "assumed" };
};

const readSafetensors = async (
  path: string,
  handle: FileHandle,
  size: number,
  stated: "auto" | Convention,
): Promise<Omit<WeightsFile, "weights"> & { weights: Omit<VggWeights, "checksum"> }> => {
  const start = headerSize(await readBytes(handle, 0, 8), size, path);
  const { metadata, entries } = parseHeader(await readBytes(handle, 0, start), size, path);
  const found = findTorchvisionLayers(path, new Map([...entries].map(([name, { shape }]) => [name, shape])));
  const read = async (name: string): Promise<Float32Array> => {
    const entry: TensorEntry = entries.get(name) ?? { dtype: "F32", shape: [], begin: 0, end: 0 };
    const bytes = await readBytes(handle, entry.begin, entry.end);
    if (bytes.length < entry.end - entry.begin)
      throw new ImpastoError(`${path} was truncated while it was read`);
    return decodeTensor(bytes, entry.dtype, name, path);
  };
  const layers = new Map<Layer, ConvolutionWeights>();
  for (const [layer, names] of found) {
    const weights = { kernel: await read(names.kernel), bias: await read(names.bias) };
    checkFinite(path, names.kernel.replace(/\.weight$/, ""), weights);
    layers.set(layer, weights);
  }
  const layerOf = (layer: Layer): ConvolutionWeights => {
    const weights = layers.get(layer);
    if (weights === undefined) throw new ImpastoError(`${path} holds no ${layer}`);
    return weights;
  };
  const first = layerOf("conv1_1");
  const told = toldConvention(stated, metadata, first.kernel);
  if (told.convention === "caffe")
    layers.set("conv1_1", { ...first, kernel: reverseInputChannels(first.kernel) });
  const input = told.convention === "torchvision" ? TORCHVISION : OXFORD;
  return { weights: { layers: byLayer(layerOf), input }, format: "safetensors", ...told };
};

const sizeOf = async (path: string): Promise<number> => {
  try {
    const stats = await stat(path);
    if (stats.isDirectory()) throw new MisuseError(`${path} is a folder; name a file of weights in it`);
    if (!stats.isFile()) throw new MisuseError(`${path} is not a regular file; name a file of weights`);
    if (stats.size === 0)
      throw new ImpastoError(`${path} is empty; fetch it again with "impasto weights fetch"`);
    return stats.size;
  } catch (error) {
    if (error instanceof ImpastoError) throw error;
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "ENOENT" || code === "ENOTDIR") {
      throw new MisuseError(
        `${path} does not exist; name a file of weights, or get one with "impasto weights fetch"`,
        {
          cause: error,
        },
      );
    }
    throw new ImpastoError(`${path} cannot be read (${String(code)})`, { cause: error });
  }
};

/**
 * Reads a file of VGG-19's weights and says what it was.
 *
 * @throws {MisuseError} If there is no such file, or the convention stated contradicts the layout.
 * @throws {ImpastoError} If the file is damaged or holds something else.
 */
export const readWeightsFile = async (
  path: string,
  options: ReadWeightsOptions = {},
): Promise<WeightsFile> => {
  const { convention = "auto" } = options;
  const size = await sizeOf(path);
  let handle: FileHandle | undefined;
  try {
    handle = await open(path, "r");
    const format = formatOf(path, await readBytes(handle, 0, Math.min(size, 64)));
    if (format === "Keras HDF5" && convention !== "auto" && convention !== "caffe") {
      throw new MisuseError(
        `${path} is in Keras' layout, whose convention is known; expected auto or caffe for convention but received ${JSON.stringify(convention)}`,
      );
    }
    const file =
      format === "safetensors"
        ? await readSafetensors(path, handle, size, convention)
        : ({
            weights: await readHdf5(path),
            format,
            convention: "caffe",
            conventionFrom: convention === "auto" ? "layout" : "stated",
          } as const);
    const { sha256 } = await digestFile(path, "sha256");
    return { ...file, weights: { ...file.weights, checksum: sha256 } };
  } catch (error) {
    if (error instanceof ImpastoError) throw error;
    throw new ImpastoError(
      `${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`,
      {
        cause: error,
      },
    );
  } finally {
    await handle?.close();
  }
};

/**
 * Reads a file of VGG-19's weights, Keras' HDF5 or safetensors with torchvision's names.
 *
 * @throws {MisuseError} If there is no such file, or the convention stated contradicts the layout.
 * @throws {ImpastoError} If the file is damaged or holds something else.
 * @example
 * ```ts
 * const weights = await readWeights("vgg19.safetensors");
 * ```
 */
export const readWeights = async (path: string, options: ReadWeightsOptions = {}): Promise<VggWeights> =>
  (await readWeightsFile(path, options)).weights;
