/**
 * Reads VGG-19 from an HDF5 file in Keras' layout: a group `block1_conv1` … for each layer, holding a kernel
 * H×W×in×out for BGR and a bias, whatever their names. One dataset at a time is in memory besides the result.
 * @module
 */
import { ImpastoError } from "../errors.ts";
import { required } from "../required.ts";
import type { ByteSource } from "./byte-source.ts";
import { reverseInputChannels } from "./convention.ts";
import { isDataset, readFloats, shapeOf } from "./hdf5/datasets.ts";
import { isGroup, type Links, linksOf } from "./hdf5/groups.ts";
import { type Hdf5Object, objectAt, rootAddress } from "./hdf5/objects.ts";
import { Hdf5Error, Hdf5Reader } from "./hdf5/reader.ts";
import { byLayer, channelsOf, inputChannelsOf, kerasNameOf, LAYERS, type Layer } from "./layers.ts";
import { type ConvolutionWeights, checkFinite, checkShapes, OXFORD, type VggWeights } from "./weights.ts";

const LAYOUT = "VGG-19 in Keras' notop layout";
/** How deep datasets may lie below a layer's group. */
const DEPTH = 4;

/** The datasets below an object of the file, each once, for links may lead in circles. */
async function datasetsBelow(
  reader: Hdf5Reader,
  address: number,
  depth = DEPTH,
  seen = new Set<number>(),
): Promise<Hdf5Object[]> {
  if (seen.has(address)) return [];
  seen.add(address);
  const object = await objectAt(reader, address);
  if (isDataset(object)) return [object];
  if (depth === 0 || !isGroup(object)) return [];
  const found: Hdf5Object[] = [];
  for (const child of (await linksOf(reader, object)).values()) {
    found.push(...(await datasetsBelow(reader, child, depth - 1, seen)));
  }
  return found;
}

/** The groups of the layers: at the root in files of weights, under `model_weights` in files of whole models. */
async function layersOf(reader: Hdf5Reader): Promise<Links> {
  const root = await linksOf(reader, await objectAt(reader, await rootAddress(reader)));
  const whole = root.get("model_weights");
  return whole === undefined ? root : linksOf(reader, await objectAt(reader, whole));
}

/** `[3, 3, in, out]` to `[out, in, 3, 3]`, sixteen input channels at a time so that both sides stay in the cache. */
const transpose = (values: Float32Array, into: number, out: number): Float32Array => {
  const kernel = new Float32Array(values.length);
  const tile = 16;
  for (let start = 0; start < into; start += tile) {
    const end = Math.min(into, start + tile);
    for (let o = 0; o < out; o++) {
      for (let i = start; i < end; i++) {
        for (let tap = 0; tap < 9; tap++) {
          kernel[(o * into + i) * 9 + tap] = values[(tap * into + i) * out + o] ?? 0;
        }
      }
    }
  }
  return kernel;
};

const readLayer = async (
  file: string,
  reader: Hdf5Reader,
  groups: Links,
  layer: Layer,
): Promise<ConvolutionWeights> => {
  const name = kerasNameOf(layer);
  const group = groups.get(name);
  if (group === undefined) throw new ImpastoError(`${file} holds no ${name}; expected ${LAYOUT}`);
  const found = await datasetsBelow(reader, group);
  const datasets = found.map((dataset) => ({ dataset, shape: shapeOf(dataset) }));
  const ofRank = (rank: number): (typeof datasets)[number] => {
    const [one, ...more] = datasets.filter(({ shape }) => shape.length === rank);
    if (one !== undefined && more.length === 0) return one;
    const shapes = datasets.map(({ shape }) => `[${shape.join(", ")}]`).join(" and ");
    throw new ImpastoError(
      `${file}: expected a kernel [3, 3, in, out] and a bias [out] in ${name} but received ${shapes || "nothing"}; is this ${LAYOUT}?`,
    );
  };
  const [kernel, bias] = [ofRank(4), ofRank(1)];
  checkShapes(file, name, layer, "hwio", kernel.shape, bias.shape);
  const values = await readFloats(reader, kernel.dataset, name);
  const ordered = transpose(values, inputChannelsOf(layer), channelsOf(layer));
  const weights = {
    kernel: layer === "conv1_1" ? reverseInputChannels(ordered) : ordered,
    bias: await readFloats(reader, bias.dataset, name),
  };
  checkFinite(file, name, weights);
  return weights;
};

/**
 * Reads an HDF5 file in Keras' layout, with or without the classifier on top.
 *
 * @returns Kernels `[out, in, 3, 3]` for RGB, in Oxford's convention.
 * @throws {ImpastoError} If the file is damaged, or holds something else.
 */
export const readHdf5 = async (source: ByteSource): Promise<Omit<VggWeights, "checksum">> => {
  try {
    const reader = new Hdf5Reader(source);
    const groups = await layersOf(reader);
    const layers = new Map<Layer, ConvolutionWeights>();
    for (const layer of LAYERS) layers.set(layer, await readLayer(source.name, reader, groups, layer));
    return { layers: byLayer((layer) => required(layers.get(layer), layer)), input: OXFORD };
  } catch (error) {
    if (error instanceof Hdf5Error)
      throw new ImpastoError(`${source.name} ${error.message}`, { cause: error });
    throw error;
  }
};
