import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ImpastoError } from "../errors.ts";
import { checkWeights } from "./check.node.ts";
import { channelsOf, inputChannelsOf, LAYERS, torchvisionIndexOf } from "./layers.ts";
import { type WritableTensor, writeSafetensors } from "./safetensors.ts";

describe("checking a file of weights", () => {
  let folder = "";
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "impasto-check-"));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it("tells the format, the convention, and that it is not the public file", async () => {
    const tensors: Record<string, WritableTensor> = {};
    for (const layer of LAYERS) {
      const [out, into] = [channelsOf(layer), inputChannelsOf(layer)];
      const name = `features.${torchvisionIndexOf(layer)}`;
      tensors[`${name}.weight`] = {
        shape: [out, into, 3, 3],
        data: new Float32Array(out * into * 9),
        dtype: "F16",
      };
      tensors[`${name}.bias`] = { shape: [out], data: new Float32Array(out), dtype: "F16" };
    }
    const path = join(folder, "vgg19.safetensors");
    await writeFile(path, writeSafetensors(tensors, { convention: "oxford" }));
    const report = await checkWeights(path);
    expect(report).toMatchObject({ path, format: "safetensors", convention: "oxford", isPublicFile: false });
    expect(report.checksum).toMatch(/^[0-9a-f]{64}$/);
    expect(report.note).toMatch(
      /loads as VGG-19 but is not the public one .* convention is oxford, as the file says/,
    );
  });

  it("fails for a file that does not load", async () => {
    const path = join(folder, "broken.h5");
    await writeFile(path, "nothing");
    await expect(checkWeights(path)).rejects.toThrow(ImpastoError);
  });
});

const path = process.env.IMPASTO_WEIGHTS ?? "";
describe.skipIf(path === "")("checking the development file (needs IMPASTO_WEIGHTS)", () => {
  it("tells that it loads and comes in Keras' layout", async () => {
    expect(await checkWeights(path)).toMatchObject({
      format: "Keras HDF5",
      convention: "caffe",
      conventionFrom: "layout",
    });
  });
});
