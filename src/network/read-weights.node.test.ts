import { createHash } from "node:crypto";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ImpastoError, MisuseError } from "../errors.ts";
import { blobSource } from "./byte-source.ts";
import { reverseInputChannels } from "./convention.ts";
import { channelsOf, inputChannelsOf, LAYERS, torchvisionIndexOf } from "./layers.ts";
import { readWeights, readWeightsFile } from "./read-weights.node.ts";
import { readWeightsFrom } from "./read-weights.ts";
import { type WritableTensor, writeSafetensors } from "./safetensors.ts";
import { OXFORD, TORCHVISION, type VggWeights } from "./weights.ts";

/** Tensors with torchvision's names and the right shapes, all zero. */
const blank = (prefix = "features."): Record<string, WritableTensor> => {
  const tensors: Record<string, WritableTensor> = {};
  for (const layer of LAYERS) {
    const shape = [channelsOf(layer), inputChannelsOf(layer), 3, 3];
    const data = new Float32Array(shape.reduce((product, size) => product * size, 1));
    tensors[`${prefix}${torchvisionIndexOf(layer)}.weight`] = { shape, data };
    tensors[`${prefix}${torchvisionIndexOf(layer)}.bias`] = {
      shape: [channelsOf(layer)],
      data: new Float32Array(channelsOf(layer)),
    };
  }
  return tensors;
};

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "impasto-weights-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const file = async (content: Uint8Array | string, name = "weights.bin"): Promise<string> => {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
};

describe("a file of weights", () => {
  it("under torchvision's names is read whatever the prefix", async () => {
    for (const prefix of ["features.", "module.features.", "model.", "", "net.0.features."]) {
      const tensors = blank(prefix);
      tensors[`${prefix}0.bias`]?.data.set([1, 2, 3]);
      tensors["classifier.0.weight"] = { shape: [2, 2], data: new Float32Array(4) };
      const path = await file(writeSafetensors(tensors));
      const weights = await readWeights(path);
      expect(weights.input).toBe(TORCHVISION);
      expect([...weights.layers.conv1_1.bias.subarray(0, 3)]).toEqual([1, 2, 3]);
    }
  });

  it("is known by the checksum of its bytes", async () => {
    const bytes = writeSafetensors(blank());
    const { checksum } = await readWeights(await file(bytes));
    expect(checksum).toBe(createHash("sha256").update(bytes).digest("hex"));
  });

  it("takes the convention stated, else the one in its metadata, else torchvision's", async () => {
    const tensors = blank();
    tensors["features.0.weight"]?.data.set([1], 0);
    const plain = await file(writeSafetensors(tensors), "plain");
    const caffe = await file(writeSafetensors(tensors, { convention: "caffe" }), "caffe");
    expect(await readWeightsFile(plain)).toMatchObject({
      convention: "torchvision",
      conventionFrom: "assumed",
    });
    const stated = await readWeightsFile(plain, { convention: "oxford" });
    expect(stated).toMatchObject({
      convention: "oxford",
      conventionFrom: "stated",
      weights: { input: OXFORD },
    });
    expect(stated.weights.layers.conv1_1.kernel[0]).toBe(1);
    const described = await readWeightsFile(caffe);
    expect(described).toMatchObject({
      convention: "caffe",
      conventionFrom: "metadata",
      weights: { input: OXFORD },
    });
    expect(described.weights.layers.conv1_1.kernel[18]).toBe(1);
  });

  it("is read from memory as from a file", async () => {
    const tensors = blank();
    tensors["features.0.bias"]?.data.set([1, 2, 3]);
    const written = Uint8Array.from(writeSafetensors(tensors));
    const inFile = await readWeightsFile(await file(written));
    const inMemory = await readWeightsFrom(blobSource(new Blob([written]), "weights.bin"));
    expect(inMemory.weights.checksum).toBe(inFile.weights.checksum);
    expect(inMemory.weights.layers.conv1_1.bias).toEqual(inFile.weights.layers.conv1_1.bias);
    const nothing = readWeightsFrom(blobSource(new Blob(["hello"]), "photo.bin"));
    await expect(nothing).rejects.toThrow(/^photo\.bin is neither HDF5 nor safetensors/);
  });

  it("that is not there, or a folder, is a wrong request", async () => {
    const missing = join(folder, "nowhere.h5");
    await expect(readWeights(missing)).rejects.toThrow(MisuseError);
    await expect(readWeights(missing)).rejects.toThrow(/nowhere\.h5 does not exist; name a file of weights$/);
    await mkdir(join(folder, "folder"));
    await expect(readWeights(join(folder, "folder"))).rejects.toThrow(/folder is a folder; name a file/);
    await expect(readWeights(join(folder, "folder"))).rejects.toThrow(MisuseError);
  });

  it("that is something else is refused by what it is", async () => {
    const refused = async (content: Uint8Array | string): Promise<string> => {
      const error: unknown = await readWeights(await file(content)).catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(ImpastoError);
      expect(error).not.toBeInstanceOf(MisuseError);
      const message = error instanceof Error ? error.message : "";
      expect(message).toContain("weights.bin");
      expect(message).not.toContain("\n");
      return message;
    };
    expect(await refused("")).toMatch(/is empty/);
    expect(await refused("hello")).toMatch(/is neither HDF5 nor safetensors/);
    expect(await refused("<!DOCTYPE html><p>Not found")).toMatch(/is a web page/);
    expect(await refused("version https://git-lfs.github.com/spec/v1\n")).toMatch(/Git LFS pointer/);
    expect(await refused("PK\x03\x04archive/data.pkl")).toMatch(
      /PyTorch .pth file.*convert it to safetensors: python -c/,
    );
    expect(await refused(Uint8Array.of(0x80, 2, 0x8a))).toMatch(/PyTorch .pth file/);
    expect(await refused("\x01\0\0\0\0\0\0\0{")).toMatch(/damaged safetensors header/);
    expect(await refused(writeSafetensors({ x: { shape: [1], data: new Float32Array(1) } }))).toMatch(
      /holds no features\.0\.weight; expected VGG-19 without batch normalisation/,
    );
    expect(await refused(writeSafetensors(blank()).subarray(0, 1_000_000))).toMatch(
      /truncated: it holds 1000000 of/,
    );
  });

  it("with a missing, misshapen or infinite layer is refused by the layer's name", async () => {
    const missing = Object.fromEntries(
      Object.entries(blank()).filter(([name]) => name !== "features.16.bias"),
    );
    await expect(readWeights(await file(writeSafetensors(missing)))).rejects.toThrow(
      /holds no features\.16\.bias/,
    );
    const misshapen = {
      ...blank(),
      "features.5.weight": { shape: [128, 64, 1, 1], data: new Float32Array(128 * 64) },
    };
    await expect(readWeights(await file(writeSafetensors(misshapen)))).rejects.toThrow(
      /expected shape \[128, 64, 3, 3\] for the kernel of features\.5 but received \[128, 64, 1, 1\]/,
    );
    const infinite = blank();
    infinite["features.34.bias"]?.data.fill(Number.POSITIVE_INFINITY, 7, 8);
    await expect(readWeights(await file(writeSafetensors(infinite)))).rejects.toThrow(
      /features\.34 holds Infinity/,
    );
  });
});

/** The first convolution applied to RGB in [0, 1]: scaled kernel, and bias less what the offset takes. */
const affine = ({ layers, input }: VggWeights): { kernel: number[]; bias: number[] } => {
  const { kernel, bias } = layers.conv1_1;
  const channelOf = (index: number): number => Math.floor(index / 9) % 3;
  return {
    kernel: Array.from(kernel, (value, index) => value * (input.scale[channelOf(index)] ?? 0)),
    bias: Array.from(bias, (value, out) =>
      kernel
        .subarray(27 * out, 27 * out + 27)
        .reduce((sum, weight, index) => sum - weight * (input.offset[channelOf(index)] ?? 0), value),
    ),
  };
};

const expectClose = (found: number[], expected: number[]): void => {
  const scale = Math.max(...expected.map(Math.abs));
  const error = Math.max(...found.map((value, index) => Math.abs(value - (expected[index] ?? Number.NaN))));
  expect(error / scale).toBeLessThan(1e-5);
};

/** Compares bytes: a matcher would walk through twenty million numbers. */
const expectSame = (found: VggWeights, expected: VggWeights): void => {
  const bytes = ({ buffer, byteOffset, byteLength }: Float32Array) =>
    Buffer.from(buffer, byteOffset, byteLength);
  for (const layer of LAYERS) {
    for (const part of ["kernel", "bias"] as const) {
      expect(bytes(found.layers[layer][part]).equals(bytes(expected.layers[layer][part]))).toBe(true);
    }
  }
};

const path = process.env.IMPASTO_WEIGHTS ?? "";
describe.skipIf(path === "")("Oxford's weights under torchvision's names (needs IMPASTO_WEIGHTS)", () => {
  const rewritten = async (
    first: (kernel: Float32Array, bias: Float32Array) => [Float32Array, Float32Array],
    dtype: "F32" | "F16" = "F32",
  ): Promise<Awaited<ReturnType<typeof readWeightsFile>>> => {
    const { layers } = await readWeights(path);
    const tensors = blank();
    for (const layer of LAYERS) {
      const { kernel, bias } = layers[layer];
      const [newKernel, newBias] = layer === "conv1_1" ? first(kernel, bias) : [kernel, bias];
      const name = `features.${torchvisionIndexOf(layer)}`;
      tensors[`${name}.weight`] = { shape: tensors[`${name}.weight`]?.shape ?? [], data: newKernel, dtype };
      tensors[`${name}.bias`] = { shape: [bias.length], data: newBias, dtype };
    }
    return readWeightsFile(await file(writeSafetensors(tensors), "rewritten.safetensors"));
  };

  it("are recognised in torchvision's convention, and mean the same first layer", async () => {
    const oxford = await readWeights(path);
    const mean = [0.485, 0.456, 0.406];
    const read = await rewritten((kernel, bias) => {
      const channelOf = (index: number): number => Math.floor(index / 9) % 3;
      const scaled = kernel.map((value, index) => (value * 255) / (TORCHVISION.scale[channelOf(index)] ?? 1));
      const moved = bias.map((value, out) =>
        kernel.subarray(27 * out, 27 * out + 27).reduce((sum, weight, index) => {
          const channel = channelOf(index);
          return sum + weight * (255 * (mean[channel] ?? 0) - (OXFORD.offset[channel] ?? 0));
        }, value),
      );
      return [scaled, moved];
    });
    expect(read).toMatchObject({
      convention: "torchvision",
      conventionFrom: "values",
      weights: { input: TORCHVISION },
    });
    expectClose(affine(read.weights).kernel, affine(oxford).kernel);
    expectClose(affine(read.weights).bias, affine(oxford).bias);
  });

  it("are recognised as converted from Caffe, for RGB and for BGR", async () => {
    const oxford = await readWeights(path);
    const rgb = await rewritten((kernel, bias) => [kernel, bias]);
    expect(rgb).toMatchObject({ convention: "oxford", conventionFrom: "values" });
    expectSame(rgb.weights, oxford);
    const bgr = await rewritten((kernel, bias) => [reverseInputChannels(kernel), bias]);
    expect(bgr).toMatchObject({ convention: "caffe", conventionFrom: "values", weights: { input: OXFORD } });
    expectSame(bgr.weights, oxford);
    const half = await rewritten((kernel, bias) => [kernel, bias], "F16");
    expect(half).toMatchObject({ convention: "oxford", conventionFrom: "values" });
  });

  it("in Keras' layout refuse a convention that contradicts it", async () => {
    await expect(readWeights(path, { convention: "torchvision" })).rejects.toThrow(MisuseError);
    expect(await readWeightsFile(path)).toMatchObject({
      format: "Keras HDF5",
      convention: "caffe",
      conventionFrom: "layout",
    });
  });
});
