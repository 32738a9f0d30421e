/**
 * Reads VGG-19's weights from the bytes of a file: Keras' HDF5 or safetensors with torchvision's names, told apart by
 * their first bytes, never by their names. Only the tensors needed are read, one at a time.
 * @module
 */
import { ImpastoError, MisuseError } from "../errors.ts";
import { type ByteSource, checksumOf } from "./byte-source.ts";
import { CONVENTIONS, type Convention, recogniseConvention, reverseInputChannels } from "./convention.ts";
import { SIGNATURE } from "./hdf5/objects.ts";
import { readHdf5 } from "./hdf5.ts";
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

const PICKLE_ADVICE =
  "convert it to safetensors: python -c \"import torch, safetensors.torch as s; s.save_file({k: v.contiguous() for k, v in torch.load('vgg19.pth', map_location='cpu', weights_only=True).items()}, 'vgg19.safetensors')\"";

/** How many bytes tell what a file is. */
const HEAD_BYTES = 64;

/** The format of a file by its first bytes, or an error that says what the file is instead. */
const formatOf = (file: string, head: Uint8Array): WeightsFile["format"] => {
  if (SIGNATURE.every((byte, index) => byte === head[index])) return "Keras HDF5";
  const text = String.fromCharCode(...head);
  if (text.startsWith("{", 8)) return "safetensors";
  const [first, protocol = 0] = head;
  if (text.startsWith("PK\x03\x04") || (first === 0x80 && protocol >= 2 && protocol <= 5)) {
    throw new ImpastoError(
      `${file} is a PyTorch .pth file, which could run code when read; ${PICKLE_ADVICE}`,
    );
  }
  if (text.startsWith("version https://git-lfs")) {
    throw new ImpastoError(
      `${file} is a Git LFS pointer, not the weights themselves; fetch the file it points to`,
    );
  }
  if (/^\s*<(?:!doctype|html|\?xml)/i.test(text)) {
    throw new ImpastoError(`${file} is a web page, not weights; download the file again`);
  }
  throw new ImpastoError(`${file} is neither HDF5 nor safetensors; expected VGG-19's weights`, {
    lacks: "weights",
  });
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
  source: ByteSource,
  stated: "auto" | Convention,
): Promise<Omit<WeightsFile, "weights"> & { weights: Omit<VggWeights, "checksum"> }> => {
  const { name: file, size } = source;
  const start = headerSize(await source.read(0, Math.min(size, 8)), size, file);
  const { metadata, entries } = parseHeader(await source.read(0, start), size, file);
  const found = findTorchvisionLayers(file, new Map([...entries].map(([name, { shape }]) => [name, shape])));
  const read = async (name: string): Promise<Float32Array> => {
    const entry: TensorEntry = entries.get(name) ?? { dtype: "F32", shape: [], begin: 0, end: 0 };
    const bytes = await source.read(entry.begin, entry.end);
    if (bytes.length < entry.end - entry.begin)
      throw new ImpastoError(`${file} was truncated while it was read`);
    return decodeTensor(bytes, entry.dtype, name, file);
  };
  const layers = new Map<Layer, ConvolutionWeights>();
  for (const [layer, names] of found) {
    const weights = { kernel: await read(names.kernel), bias: await read(names.bias) };
    checkFinite(file, names.kernel.replace(/\.weight$/, ""), weights);
    layers.set(layer, weights);
  }
  const layerOf = (layer: Layer): ConvolutionWeights => {
    const weights = layers.get(layer);
    if (weights === undefined) throw new ImpastoError(`${file} holds no ${layer}`);
    return weights;
  };
  const first = layerOf("conv1_1");
  const told = toldConvention(stated, metadata, first.kernel);
  if (told.convention === "caffe")
    layers.set("conv1_1", { ...first, kernel: reverseInputChannels(first.kernel) });
  const input = told.convention === "torchvision" ? TORCHVISION : OXFORD;
  return { weights: { layers: byLayer(layerOf), input }, format: "safetensors", ...told };
};

/**
 * Reads VGG-19's weights and says what file they were in.
 *
 * @param checksum - How SHA-256 of the file is found, in hexadecimal; by default with all of it in memory.
 * @throws {MisuseError} If the convention stated contradicts the layout.
 * @throws {ImpastoError} If the file is damaged, cannot be read or holds something else.
 */
export const readWeightsFrom = async (
  source: ByteSource,
  { convention = "auto" }: ReadWeightsOptions = {},
  checksum: (source: ByteSource) => Promise<string> = checksumOf,
): Promise<WeightsFile> => {
  const { name: file, size } = source;
  if (size === 0) throw new ImpastoError(`${file} is empty; fetch it again`, { lacks: "weights" });
  try {
    const format = formatOf(file, await source.read(0, Math.min(size, HEAD_BYTES)));
    if (format === "Keras HDF5" && convention !== "auto" && convention !== "caffe") {
      throw new MisuseError(
        `${file} is in Keras' layout, whose convention is known; expected auto or caffe for convention but received ${JSON.stringify(convention)}`,
      );
    }
    const found =
      format === "safetensors"
        ? await readSafetensors(source, convention)
        : ({
            weights: await readHdf5(source),
            format,
            convention: "caffe",
            conventionFrom: convention === "auto" ? "layout" : "stated",
          } as const);
    return { ...found, weights: { ...found.weights, checksum: await checksum(source) } };
  } catch (error) {
    if (error instanceof ImpastoError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new ImpastoError(`${file} cannot be read: ${reason}`, { cause: error });
  }
};
