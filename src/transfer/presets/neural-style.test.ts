import { describe, expect, test } from "vitest";
import { firstLosses } from "../../../test/first-losses.ts";
import { colours, featuresOf, narrowEngine, STYLE_LAYERS } from "../../../test/narrow-engine.ts";
import { gramOf, sumOfSquares, variationOf } from "../../../test/plain-losses.ts";
import type { Picture } from "../../image/picture.ts";
import { lossOfKind } from "../objective.ts";
import { noisePicture, pictureOf, variablesOf } from "../start.ts";
import { stylize } from "../stylize.ts";
import { neuralStyle } from "./neural-style.ts";

/** The mean colour of ImageNet's photographs, in 0…255. */
const MEAN_COLOUR = [123.68, 116.779, 103.939];

describe("The preset neural-style", () => {
  test("has neural-style-pt's choices", () => {
    expect(neuralStyle).toMatchObject({
      normalized: false,
      pooling: "max",
      contentWeight: 5,
      styleWeight: 100,
      smoothnessWeight: 1e-3,
      smoothness: "absolute",
      init: "noise",
      optimizer: "lbfgs",
      lbfgs: { manner: "pytorch", history: 100 },
      contentLayers: { conv4_2: 1 },
      styleLayers: { conv1_1: 1, conv2_1: 1, conv3_1: 1, conv4_1: 1, conv5_1: 1 },
    });
    expect(neuralStyle.schedule(512)).toEqual([{ longest: 512, iterations: 1000 }]);
    expect(neuralStyle.contentUnit([3, 4, 5])).toBe(1);
    expect(neuralStyle.styleUnit([3, 4, 5])).toBe(1);
  });

  test("works on pixels in 0…255", () => {
    const picture: Picture = { width: 1, height: 1, rgb: Float32Array.of(0, 0.5, 1) };
    const variables = variablesOf(picture, neuralStyle.variables);
    expect([...variables]).toEqual([0, 127.5, 255]);
    expect([...pictureOf(Float32Array.of(-20, 127.5, 300), picture, neuralStyle.variables).rgb]).toEqual([
      0, 0.5, 1,
    ]);
  });

  test("enlarges and reduces styles to the longest side of the result, in their own shape", () => {
    const result = { width: 512, height: 384 };
    expect(neuralStyle.styleSize({ width: 100, height: 50 }, result)).toEqual({ width: 512, height: 256 });
    expect(neuralStyle.styleSize({ width: 900, height: 1800 }, result)).toEqual({ width: 256, height: 512 });
    expect(neuralStyle.contentSize({ width: 60, height: 30 }, 120)).toEqual({ width: 120, height: 60 });
  });

  test("starts from normal noise of 0.001 around the mean colour, in 0…255", () => {
    const { rgb } = noisePicture({ width: 64, height: 64 }, neuralStyle.noise, 3);
    for (const channel of [0, 1, 2]) {
      const plane = rgb.subarray(channel * 4096, (channel + 1) * 4096);
      // Float32 resolves 0.00002 of 0…255 here: a fiftieth of the noise.
      const off = Array.from(plane, (value) => value * 255 - MEAN_COLOUR[channel]);
      const mean = off.reduce((sum, value) => sum + value, 0) / off.length;
      const sd = Math.sqrt(off.reduce((sum, value) => sum + (value - mean) ** 2, 0) / off.length);
      expect(Math.abs(mean)).toBeLessThan(1e-4);
      expect(sd).toBeGreaterThan(0.95e-3);
      expect(sd).toBeLessThan(1.05e-3);
      const beyond = off.filter((value) => Math.abs(value - mean) > 2 * sd).length / off.length;
      expect(beyond).toBeGreaterThan(0.03);
      expect(beyond).toBeLessThan(0.06);
    }
  });

  test("goes one unit of 0…255 in its first step, all pixels together", async () => {
    const steps = stylize(
      {
        content: colours(24, 16, 4),
        styles: [{ picture: colours(24, 16, 5), weight: 1 }],
        // Small noise would drown the step; a gradient whose absolute sum is above 1 makes it 1 / that sum long.
        options: { preset: "neural-style", size: 24, iterations: 2, init: "content", styleWeight: 1e6 },
      },
      await narrowEngine(),
    );
    const pictures: Float32Array[] = [];
    for await (const iterate of steps) pictures.push((await iterate.picture()).rgb);
    const [before, after] = pictures;
    const moved = after.reduce((sum, value, i) => sum + 255 * Math.abs(value - before[i]), 0);
    expect(moved).toBeGreaterThan(0.97);
    expect(moved).toBeLessThan(1.03);
  });

  test("gives neural-style-pt's losses: means of raw features, and the variation in 0…255", async () => {
    const engine = await narrowEngine();
    const { x, content, style, loss } = await firstLosses(engine, "neural-style");
    const look = (picture: Picture, layer: "conv4_2" | (typeof STYLE_LAYERS)[number]) =>
      featuresOf(engine.network, picture, layer, { pooling: "max", normalized: false });

    const [F, P] = [await look(x, "conv4_2"), await look(content, "conv4_2")];
    const contentTerm = (5 * sumOfSquares(F.values, P.values)) / F.values.length;
    expect(loss.terms["content.conv4_2"] / contentTerm).toBeCloseTo(1, 4);
    for (const layer of STYLE_LAYERS) {
      const [{ rows, values }, painting] = [await look(x, layer), await look(style, layer)];
      const mean = sumOfSquares(gramOf(rows), gramOf(painting.rows)) / values.length ** 2 / rows.length ** 2;
      expect(loss.terms[`style.${layer}`] / (100 * mean), layer).toBeCloseTo(1, 4);
    }
    expect(lossOfKind(loss, "smoothness") / (1e-3 * 255 * variationOf(x))).toBeCloseTo(1, 4);
    const kinds = ["content", "style", "smoothness"].map((kind) => lossOfKind(loss, kind));
    expect(loss.total / kinds.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 5);
  });
});
