import { describe, expect, test } from "vitest";
import { evaluate, randomNumbers, relativeError } from "../../test/evaluate.ts";
import { narrowChannelsOf, narrowVgg19, randomPicture } from "../../test/narrow-vgg19.ts";
import { ImpastoError } from "../errors.ts";
import { input } from "../graph/tensor.ts";
import { byLayer, channelsOf, LAYERS } from "./layers.ts";
import { normalizeWeights, parseMeanActivations } from "./mean-activations.ts";
import { POOLINGS } from "./network.ts";
import { constantWeights, vggFeatures } from "./vgg19.ts";

const weights = narrowVgg19(1);
const next = randomNumbers(5);
const means = byLayer((layer) =>
  Array.from({ length: narrowChannelsOf(layer) }, () => 10 ** (3 * next() - 1)),
);

describe("Normalised weights", () => {
  test.each(POOLINGS)(
    "give the original features divided by their means with %s pooling",
    async (pooling) => {
      const image = input("image", [1, 3, 19, 34]);
      const featuresWith = (layers: typeof weights.layers, prefix: string) =>
        [...vggFeatures(image, weights.input, constantWeights(layers), { pooling, layers: LAYERS })].map(
          ([layer, { tensor }]) => [`${prefix} ${layer}`, tensor] as const,
        );
      const results = await evaluate(
        Object.fromEntries([
          ...featuresWith(weights.layers, "original"),
          ...featuresWith(normalizeWeights(weights.layers, means), "normalised"),
        ]),
        { image: randomPicture(19, 34, 2) },
      );
      for (const layer of LAYERS) {
        const original = results[`original ${layer}`];
        const plane = original.length / narrowChannelsOf(layer);
        const expected = original.map((value, i) => value / means[layer][Math.floor(i / plane)]);
        // What keeps the L2 root from 0 is not scaled with the features.
        const tolerance = pooling === "l2" ? 0.02 : 1e-5;
        expect(relativeError(results[`normalised ${layer}`], expected), layer).toBeLessThan(tolerance);
      }
    },
  );

  test("leave the original ones as they were", () => {
    const before = weights.layers.conv1_2.kernel.slice();
    normalizeWeights(weights.layers, means);
    expect(weights.layers.conv1_2.kernel).toEqual(before);
  });

  test("are the original ones where every mean is one", () => {
    const ones = byLayer((layer) => new Array(narrowChannelsOf(layer)).fill(1));
    expect(normalizeWeights(weights.layers, ones)).toEqual(weights.layers);
  });
});

describe("A table of mean activations", () => {
  const table = byLayer((layer) => new Array<number>(channelsOf(layer)).fill(1.5));

  test("has a positive number for every filter of every layer", () => {
    expect(parseMeanActivations({ ...table, source: [1] })).toEqual(table);
  });

  test.each<[string, unknown]>([
    ["lacks a layer", { ...table, conv3_2: undefined }],
    ["lacks a filter", { ...table, conv3_2: table.conv3_2.slice(1) }],
    ["holds a zero", { ...table, conv3_2: [0, ...table.conv3_2.slice(1)] }],
    ["holds something else than numbers", { ...table, conv3_2: table.conv3_2.map(String) }],
    ["is no table", null],
  ])("is refused when it %s", (_, json) => {
    expect(() => parseMeanActivations(json)).toThrow(ImpastoError);
  });
});
