/**
 * Reads VGG-19 from an HDF5 file in Keras' layout: a group `block1_conv1` … for each layer, holding a kernel
 * H×W×in×out for BGR and a bias, whatever their names. One dataset at a time is in memory besides the result;
 * h5wasm opens the file itself, read-only, and is loaded only here and only when asked.
 * @module
 */
import { resolve } from "node:path";
import type { Dataset, Entity, File, Group } from "h5wasm/node";
import { ImpastoError } from "../errors.ts";
import { reverseInputChannels } from "./convention.ts";
import { byLayer, channelsOf, inputChannelsOf, kerasNameOf, type Layer } from "./layers.ts";
import { type ConvolutionWeights, checkFinite, checkShapes, OXFORD, type VggWeights } from "./weights.ts";

const LAYOUT = "VGG-19 in Keras' notop layout";
/** How deep datasets may nest below a layer's group; a limit, since links can form circles. */
const DEPTH = 4;

// Told by fields, not by class: the classes would have to be imported, and h5wasm loaded, first.
const typeOf = (entity: Entity | null): string | undefined =>
  entity !== null && "type" in entity ? entity.type : undefined;
const isGroup = (entity: Entity | null): entity is Group => typeOf(entity) === "Group";
const isDataset = (entity: Entity | null): entity is Dataset => typeOf(entity) === "Dataset";

const childrenOf = (group: Group): (Entity | null)[] => group.keys().map((key) => group.get(key));

const datasetsBelow = (group: Group, depth = DEPTH): Dataset[] =>
  childrenOf(group).flatMap((child) => {
    if (isDataset(child)) return [child];
    return isGroup(child) && depth > 1 ? datasetsBelow(child, depth - 1) : [];
  });

/** The groups of the layers: at the root in files of weights, under `model_weights` in files of whole models. */
const layersOf = (file: File): Group => {
  const whole = file.keys().includes("model_weights") ? file.get("model_weights") : null;
  return isGroup(whole) ? whole : file;
};

const valuesOf = (path: string, name: string, dataset: Dataset): Float32Array => {
  const { value } = dataset;
  if (dataset.metadata.littleEndian) {
    if (value instanceof Float32Array) return value;
    if (value instanceof Float64Array) return Float32Array.from(value);
  }
  throw new ImpastoError(
    `${path}: expected 32-bit floats in ${name} but received ${JSON.stringify(dataset.dtype)}`,
  );
};

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

const readLayer = (path: string, groups: Group, layer: Layer): ConvolutionWeights => {
  const name = kerasNameOf(layer);
  const group = groups.keys().includes(name) ? groups.get(name) : null;
  if (!isGroup(group)) throw new ImpastoError(`${path} holds no ${name}; expected ${LAYOUT}`);
  const datasets = datasetsBelow(group);
  const ofRank = (rank: number): Dataset => {
    const [one, ...more] = datasets.filter(({ shape }) => shape?.length === rank);
    if (one !== undefined && more.length === 0) return one;
    const shapes = datasets.map(({ shape }) => `[${shape?.join(", ") ?? ""}]`).join(" and ");
    throw new ImpastoError(
      `${path}: expected a kernel [3, 3, in, out] and a bias [out] in ${name} but received ${shapes || "nothing"}; is this ${LAYOUT}?`,
    );
  };
  const [kernel, bias] = [ofRank(4), ofRank(1)];
  checkShapes(path, name, layer, "hwio", kernel.shape ?? [], bias.shape ?? []);
  const ordered = transpose(valuesOf(path, name, kernel), inputChannelsOf(layer), channelsOf(layer));
  const weights = {
    kernel: layer === "conv1_1" ? reverseInputChannels(ordered) : ordered,
    bias: valuesOf(path, name, bias),
  };
  checkFinite(path, name, weights);
  return weights;
};

/** HDF5 reports a stack of twenty lines; its last entry is the cause. */
const causeOf = (error: unknown): string => {
  const report = error instanceof Error ? error.message : String(error);
  const truncated = /truncated file: eof = (\d+),.* stored_eof = (\d+)/.exec(report);
  if (truncated) return `truncated, ${truncated[1]} of ${truncated[2]} bytes`;
  const causes = [...report.matchAll(/ in \w+\(\): (.*)/g)];
  return `damaged, ${causes.at(-1)?.[1] ?? report.split("\n", 1)[0]}`;
};

/**
 * Reads an HDF5 file in Keras' layout, with or without the classifier on top.
 *
 * @returns Kernels `[out, in, 3, 3]` for RGB, in Oxford's convention.
 * @throws {ImpastoError} If the file is damaged, or holds something else.
 */
export const readHdf5 = async (path: string): Promise<Omit<VggWeights, "checksum">> => {
  const hdf5 = await import("h5wasm/node");
  const module = await hdf5.ready;
  // Without this HDF5 prints its errors to standard error and answers with made-up values.
  module.activate_throwing_error_handler();
  let file: File | undefined;
  try {
    file = new hdf5.File(resolve(path), "r");
    const groups = layersOf(file);
    return { layers: byLayer((layer) => readLayer(path, groups, layer)), input: OXFORD };
  } catch (error) {
    if (error instanceof ImpastoError) throw error;
    throw new ImpastoError(`${path} is ${causeOf(error)}; fetch it again`, { cause: error });
  } finally {
    try {
      file?.close();
    } catch {
      // A file too damaged to read may be too damaged to close; the first error is the one to tell.
    }
  }
};
