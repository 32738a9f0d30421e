/**
 * Reads VGG-19 from an HDF5 file in Keras' layout: a group `block1_conv1` … for each layer, holding a kernel
 * H×W×in×out for BGR and a bias, whatever their names. One dataset at a time is in memory besides the result.
 * @module
 */
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { ImpastoError } from "../errors.ts";
import { reverseInputChannels } from "./convention.ts";
import { isDataset, readFloats, shapeOf } from "./hdf5/datasets.node.ts";
import { isGroup, type Links, linksOf } from "./hdf5/groups.ts";
import { type Hdf5Object, objectAt, rootAddress } from "./hdf5/objects.ts";
import { Hdf5Error, Hdf5Reader, type Hdf5Source } from "./hdf5/reader.ts";
import { byLayer, channelsOf, inputChannelsOf, kerasNameOf, type Layer } from "./layers.ts";
import { type ConvolutionWeights, checkFinite, checkShapes, OXFORD, type VggWeights } from "./weights.ts";

const LAYOUT = "VGG-19 in Keras' notop layout";
/** How deep datasets may lie below a layer's group. */
const DEPTH = 4;

/** The datasets below an object of the file, each once, for links may lead in circles. */
function datasetsBelow(
  reader: Hdf5Reader,
  address: number,
  depth = DEPTH,
  seen = new Set<number>(),
): Hdf5Object[] {
  if (seen.has(address)) return [];
  seen.add(address);
  const object = objectAt(reader, address);
  if (isDataset(object)) return [object];
  if (depth === 0 || !isGroup(object)) return [];
  return [...linksOf(reader, object).values()].flatMap((child) =>
    datasetsBelow(reader, child, depth - 1, seen),
  );
}

/** The groups of the layers: at the root in files of weights, under `model_weights` in files of whole models. */
function layersOf(reader: Hdf5Reader): Links {
  const root = linksOf(reader, objectAt(reader, rootAddress(reader)));
  const whole = root.get("model_weights");
  return whole === undefined ? root : linksOf(reader, objectAt(reader, whole));
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

const readLayer = (path: string, reader: Hdf5Reader, groups: Links, layer: Layer): ConvolutionWeights => {
  const name = kerasNameOf(layer);
  const group = groups.get(name);
  if (group === undefined) throw new ImpastoError(`${path} holds no ${name}; expected ${LAYOUT}`);
  const datasets = datasetsBelow(reader, group).map((dataset) => ({ dataset, shape: shapeOf(dataset) }));
  const ofRank = (rank: number): (typeof datasets)[number] => {
    const [one, ...more] = datasets.filter(({ shape }) => shape.length === rank);
    if (one !== undefined && more.length === 0) return one;
    const shapes = datasets.map(({ shape }) => `[${shape.join(", ")}]`).join(" and ");
    throw new ImpastoError(
      `${path}: expected a kernel [3, 3, in, out] and a bias [out] in ${name} but received ${shapes || "nothing"}; is this ${LAYOUT}?`,
    );
  };
  const [kernel, bias] = [ofRank(4), ofRank(1)];
  checkShapes(path, name, layer, "hwio", kernel.shape, bias.shape);
  const values = readFloats(reader, kernel.dataset, name);
  const ordered = transpose(values, inputChannelsOf(layer), channelsOf(layer));
  const weights = {
    kernel: layer === "conv1_1" ? reverseInputChannels(ordered) : ordered,
    bias: readFloats(reader, bias.dataset, name),
  };
  checkFinite(path, name, weights);
  return weights;
};

/** Opens a file for as long as `use` takes. */
function withFile<Result>(path: string, use: (source: Hdf5Source) => Result): Result {
  const file = openSync(path, "r");
  try {
    return use({
      size: fstatSync(file).size,
      read(offset, length) {
        const bytes = new Uint8Array(length);
        let done = 0;
        for (let more = 1; more > 0; done += more) {
          more = readSync(file, bytes, done, length - done, offset + done);
        }
        return bytes.subarray(0, done);
      },
    });
  } finally {
    closeSync(file);
  }
}

/**
 * Reads an HDF5 file in Keras' layout, with or without the classifier on top.
 *
 * @returns Kernels `[out, in, 3, 3]` for RGB, in Oxford's convention.
 * @throws {ImpastoError} If the file is damaged, or holds something else.
 */
export const readHdf5 = async (path: string): Promise<Omit<VggWeights, "checksum">> => {
  try {
    return withFile(path, (source) => {
      const reader = new Hdf5Reader(source);
      const groups = layersOf(reader);
      return { layers: byLayer((layer) => readLayer(path, reader, groups, layer)), input: OXFORD };
    });
  } catch (error) {
    if (error instanceof Hdf5Error) throw new ImpastoError(`${path} ${error.message}`, { cause: error });
    throw error;
  }
};
