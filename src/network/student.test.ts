import { readFile } from "node:fs/promises";
import { beforeAll, describe, expect, it } from "vitest";
import { ImpastoError, MisuseError } from "../errors.ts";
import { input } from "../graph/tensor.ts";
import { parseSafetensors, type Safetensors } from "./safetensors.ts";
import { studentNetwork } from "./student.ts";

const image = input("image", [1, 3, 32, 40]);

describe("the student's network", () => {
  let file: Safetensors;
  beforeAll(async () => {
    file = parseSafetensors(
      await readFile(new URL("../../models/impasto.safetensors", import.meta.url)),
      "the student",
    );
  });

  it("refuses a layer that has no head, and says which have", () => {
    const build = () =>
      studentNetwork(file, "").features(image, { pooling: "max", layers: ["conv3_2"], normalized: false });
    expect(build).toThrow(MisuseError);
    expect(build).toThrow(/no features for conv3_2; it has conv1_1, .*conv5_1/);
  });

  it("refuses a file that lacks a part", () => {
    const { tensors, metadata } = file;
    const lacking = new Map([...tensors].filter(([name]) => name !== "conv2_1.bias"));
    expect(() => studentNetwork({ tensors: lacking, metadata }, "")).toThrow(ImpastoError);
    expect(() => studentNetwork({ tensors: lacking, metadata }, "")).toThrow("conv2_1.bias");
  });
});
