/**
 * Mutated files of weights: HDF5 as three of its versions write it, plain and compressed, and safetensors; through the
 * readers, and now and then through `impasto weights check`.
 * @module
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { ImpastoError } from "../../src/errors.ts";
import { blobSource } from "../../src/network/byte-source.ts";
import {
  channelsOf,
  inputChannelsOf,
  kerasNameOf,
  LAYERS,
  torchvisionIndexOf,
} from "../../src/network/layers.ts";
import { readWeightsFrom } from "../../src/network/read-weights.ts";
import { parseSafetensors, type WritableTensor, writeSafetensors } from "../../src/network/safetensors.ts";
import { throughCommand } from "../command.ts";
import { Find, type Kind, oneOf } from "../kind.ts";
import { mutate } from "../mutate.ts";
import { mutateSafetensors } from "../mutate-safetensors.ts";

const THROUGH_COMMAND = 100;

/** From 1998 on, from 2008 on, and as new as it gets; each lays structures out in its own way. */
const VERSIONS = ["earliest", "v108", "latest"] as const;

/** How a file is laid out. */
interface Layout {
  readonly version: (typeof VERSIONS)[number];
  readonly compressed: boolean;
  /** How many of the layers are there; the reader gets as far as that. */
  readonly layers: number;
  readonly root?: string;
}

/** A file as Keras writes it, of zeros. */
async function kerasFile(path: string, { version, compressed, layers, root }: Layout): Promise<Uint8Array> {
  const hdf5 = await import("h5wasm/node");
  await hdf5.ready;
  const file = new hdf5.File(path, "w", { libver: [version, "latest"] });
  const top = root === undefined ? file : file.create_group(root);
  for (const layer of LAYERS.slice(0, layers)) {
    const name = kerasNameOf(layer);
    const group = top.create_group(name);
    const [into, out] = [inputChannelsOf(layer), channelsOf(layer)];
    const filters = compressed ? { chunks: [3, 3, into, out], compression: "gzip" as const } : {};
    group.create_dataset({
      name: "kernel:0",
      data: new Float32Array(9 * into * out),
      shape: [3, 3, into, out],
      ...filters,
    });
    group.create_dataset({ name: "bias:0", data: new Float32Array(out), shape: [out] });
  }
  file.close();
  return readFileSync(path);
}

const LAYOUTS: readonly Layout[] = [
  ...VERSIONS.flatMap((version): Layout[] => [
    { version, compressed: false, layers: 1 },
    { version, compressed: true, layers: 2 },
    { version, compressed: true, layers: 3, root: "model_weights" },
  ]),
];

/** A whole network, which takes a second to read: one input of so many is made of it. */
const WHOLE: Layout = { version: "earliest", compressed: true, layers: LAYERS.length };
const MADE_OF_WHOLE = 40;

const F16_BYTES = 2;

/** All of VGG-19's names and shapes, and no values: the header is what there is to read. */
function headerOnly(): Uint8Array {
  let at = 0;
  const entries = LAYERS.flatMap((layer) => {
    const shapes = { weight: [channelsOf(layer), inputChannelsOf(layer), 3, 3], bias: [channelsOf(layer)] };
    return Object.entries(shapes).map(([name, shape]) => {
      const end = at + shape.reduce((product, size) => product * size, F16_BYTES);
      const entry = { dtype: "F16", shape, data_offsets: [at, end] };
      at = end;
      return [`features.${torchvisionIndexOf(layer)}.${name}`, entry] as const;
    });
  });
  const json = Buffer.from(
    JSON.stringify({ __metadata__: { convention: "caffe" }, ...Object.fromEntries(entries) }),
  );
  const head = Buffer.alloc(8);
  head.writeBigUInt64LE(BigInt(json.length));
  return Buffer.concat([head, json]);
}

/** A few tensors of every type that there is to be read. */
function smallFile(): Uint8Array {
  const data = Float32Array.from({ length: 27 }, (_, i) => Math.sin(i));
  const tensors: Record<string, WritableTensor> = {
    "features.0.weight": { shape: [1, 3, 3, 3], data },
    "features.0.bias": { shape: [1], data: Float32Array.of(1), dtype: "F16" },
    bytes: { shape: [3], data: Uint8Array.of(1, 2, 3), dtype: "U8" },
    doubles: { shape: [2], data: Float64Array.of(1, 2), dtype: "F64" },
  };
  return writeSafetensors(tensors, { convention: "torchvision" });
}

const TEXTS: readonly string[] = [
  "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n",
  "<!doctype html><title>404</title>",
  "PK\u0003\u0004vgg19/data.pkl",
];

export const weights: Kind = {
  name: "weights",
  extension: ".weights",
  share: 2,
  async seeds() {
    const folder = mkdtempSync(join(tmpdir(), "impasto-fuzz-weights-"));
    const files: Uint8Array[] = [];
    for (const layout of [WHOLE, ...LAYOUTS]) files.push(await kerasFile(join(folder, "weights.h5"), layout));
    rmSync(folder, { recursive: true });
    return [...files, headerOnly(), smallFile(), ...TEXTS.map((text) => Buffer.from(text, "latin1"))];
  },
  input(all, random) {
    const [, ...seeds] = all;
    const seed = oneOf(random.below(MADE_OF_WHOLE) === 0 ? all.slice(0, 1) : seeds, random);
    return (
      (random.below(2) === 0 ? mutateSafetensors(seed, random) : undefined) ?? mutate(seed, random, seeds)
    );
  },
  async open(folder) {
    const path = join(folder, "input.weights");
    return async (bytes) => {
      try {
        parseSafetensors(bytes, "input.weights");
      } catch (error) {
        if (!(error instanceof ImpastoError)) throw error;
      }
      if (crc32(bytes) % THROUGH_COMMAND === 0) {
        writeFileSync(path, bytes);
        return throughCommand(["weights", "check", "input.weights"], folder);
      }
      const source = blobSource(new Blob([Uint8Array.from(bytes)]), "input.weights");
      const read = await readWeightsFrom(source).catch((error: unknown) => {
        // What its readers do not foresee is told as a file that cannot be read; but nothing may be unforeseen.
        const isSurprise = error instanceof ImpastoError && error.message.includes("cannot be read: ");
        throw isSurprise && isProgramError(error.cause) ? error.cause : error;
      });
      const { kernel, bias } = read.weights.layers.conv1_1;
      if (![...kernel, ...bias].every(Number.isFinite)) throw new Find("A weight is no finite number");
      return "taken";
    };
  },
};

/** Whether an error is one of a program that was surprised. */
const isProgramError = (error: unknown): error is Error =>
  error instanceof TypeError || error instanceof RangeError || error instanceof ReferenceError;
