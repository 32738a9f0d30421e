import { mkdtemp, readdir, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ImpastoError } from "../errors.ts";
import { withFileSource } from "./file-source.node.ts";
import { readHdf5 as readHdf5From } from "./hdf5.ts";
import { channelsOf, inputChannelsOf, kerasNameOf, LAYERS, type Layer } from "./layers.ts";
import { OXFORD } from "./weights.ts";

const readHdf5 = (path: string) => withFileSource(path, readHdf5From);

interface Options {
  readonly omit?: Layer;
  readonly damage?: (layer: Layer, kernel: Float32Array, shape: number[]) => void;
  readonly root?: string;
  readonly nested?: boolean;
  readonly double?: boolean;
}

/** Writes a file whose kernel of conv1_1 counts its own elements, and whose other values are zero. */
const writeKeras = async (path: string, options: Options = {}): Promise<void> => {
  const hdf5 = await import("h5wasm/node");
  await hdf5.ready;
  const file = new hdf5.File(path, "w");
  const root = options.root ? file.create_group(options.root) : file;
  for (const layer of LAYERS) {
    if (layer === options.omit) continue;
    const name = kerasNameOf(layer);
    let group = root.create_group(name);
    if (options.nested) group = group.create_group(name);
    const shape = [3, 3, inputChannelsOf(layer), channelsOf(layer)];
    const kernel = new Float32Array(shape.reduce((product, size) => product * size, 1));
    if (layer === "conv1_1") kernel.set(kernel.map((_, index) => index));
    options.damage?.(layer, kernel, shape);
    const bias = Float32Array.from({ length: channelsOf(layer) }, (_, index) => index);
    group.create_dataset({
      name: options.nested ? "kernel:0" : `${name}_W_1:0`,
      data: options.double ? Float64Array.from(kernel) : kernel,
      shape,
    });
    group.create_dataset({
      name: options.nested ? "bias:0" : `${name}_b_1:0`,
      data: bias,
      shape: [bias.length],
    });
  }
  file.close();
};

describe("Keras' HDF5 layout", () => {
  let folder = "";
  let file = "";
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "impasto-hdf5-"));
    file = join(folder, "weights.h5");
    await writeKeras(file);
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const written = async (options: Options): Promise<string> => {
    const path = join(folder, "variant.h5");
    await rm(path, { force: true });
    await writeKeras(path, options);
    return path;
  };

  it("becomes kernels [out, in, 3, 3] for RGB in Oxford's convention", async () => {
    const { layers, input } = await readHdf5(file);
    expect(input).toBe(OXFORD);
    for (const layer of LAYERS) {
      expect(layers[layer].kernel.length).toBe(9 * channelsOf(layer) * inputChannelsOf(layer));
      expect(layers[layer].bias.length).toBe(channelsOf(layer));
    }
    const { kernel } = layers.conv1_1;
    for (const [out, channel, row, column] of [
      [0, 0, 0, 0],
      [63, 2, 2, 1],
      [17, 1, 0, 2],
      [5, 0, 2, 2],
    ] as const) {
      const inFile = ((row * 3 + column) * 3 + (2 - channel)) * 64 + out;
      expect(kernel[((out * 3 + channel) * 3 + row) * 3 + column]).toBe(inFile);
    }
  });

  it("transposes a wide layer as the definition says", async () => {
    const path = await written({
      damage: (layer, kernel) => {
        if (layer === "conv2_1") kernel.set(kernel.map((_, index) => index));
      },
    });
    const { kernel } = (await readHdf5(path)).layers.conv2_1;
    const wrong = kernel.findIndex((value, index) => {
      const [out, into, tap] = [Math.floor(index / (64 * 9)), Math.floor(index / 9) % 64, index % 9];
      return value !== (tap * 64 + into) * 128 + out;
    });
    expect(wrong).toBe(-1);
  });

  it("may nest datasets, hold doubles, and be a whole model", async () => {
    const path = await written({ nested: true, double: true, root: "model_weights" });
    const [nested, plain] = [await readHdf5(path), await readHdf5(file)];
    expect(nested.layers.conv1_1.kernel).toEqual(plain.layers.conv1_1.kernel);
  });

  it("without a layer is refused by that layer's name", async () => {
    const path = await written({ omit: "conv3_4" });
    await expect(readHdf5(path)).rejects.toThrow(
      /variant\.h5 holds no block3_conv4; expected VGG-19 in Keras' notop/,
    );
  });

  it("may lead from group to group in circles, and comes to an end", async () => {
    const hdf5 = await import("h5wasm/node");
    await hdf5.ready;
    const path = join(folder, "circles.h5");
    const written = new hdf5.File(path, "w");
    const names = [...LAYERS.map(kerasNameOf), ...Array.from({ length: 44 }, (_, index) => `group${index}`)];
    const groups = names.map((name) => written.create_group(name));
    for (const group of groups) for (const name of names) group.create_hard_link(`/${name}`, name);
    written.close();
    await expect(readHdf5(path)).rejects.toThrow(
      /expected a kernel .* in block1_conv1 but received nothing|circles/,
    );
  });

  it("with a layer of another shape is refused with both shapes", async () => {
    const path = await written({
      damage: (layer, _, shape) => {
        if (layer === "conv2_2") shape.splice(0, 4, 3, 3, 64, 256);
      },
    });
    await expect(readHdf5(path)).rejects.toThrow(
      /expected shape \[3, 3, 128, 128\] for the kernel of block2_conv2 but received \[3, 3, 64, 256\]/,
    );
  });

  it("with a value that is no number is refused by the layer's name", async () => {
    const path = await written({
      damage: (layer, kernel) => {
        if (layer === "conv4_3") kernel[1234] = Number.NaN;
      },
    });
    await expect(readHdf5(path)).rejects.toThrow(/block4_conv3 holds NaN/);
  });

  it("is refused as truncated when bytes are missing at the end", async () => {
    const path = await written({});
    await truncate(path, 1_000_000);
    const error: unknown = await readHdf5(path).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(ImpastoError);
    expect(String(error)).toMatch(/variant\.h5 is truncated, 1000000 of \d+ bytes; fetch it again/);
  });

  it("is refused as damaged when the file is only a signature, and one can still read another", async () => {
    const path = join(folder, "signature.h5");
    await writeFile(path, Buffer.from("\x89HDF\r\n\x1a\n and then nothing of use", "latin1"));
    await expect(readHdf5(path)).rejects.toThrow(/signature\.h5 is (damaged|truncated)/);
    await expect(readHdf5(file)).resolves.toBeDefined();
  });

  it("leaves no file in the working directory", async () => {
    const before = await readdir(process.cwd());
    await readHdf5(file);
    expect(await readdir(process.cwd())).toEqual(before);
  });
});

const path = process.env.IMPASTO_WEIGHTS ?? "";
describe.skipIf(path === "")("Oxford's weights (needs IMPASTO_WEIGHTS)", () => {
  it("are read with the public first bias and first kernel", async () => {
    const { layers } = await readHdf5(path);
    // The public file's block1_conv1: bias[0], and kernel[0, 0, :, 0] for B, G, R.
    expect(layers.conv1_1.bias[0]).toBeCloseTo(0.7301775813102722, 7);
    expect(layers.conv1_1.kernel[18]).toBeCloseTo(0.3411952257156372, 7);
  });
});
