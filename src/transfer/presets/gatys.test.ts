import { describe, expect, test } from "vitest";
import { uniform } from "../../../test/evaluate.ts";
import { firstLosses } from "../../../test/first-losses.ts";
import { featuresOf, narrowEngine, STYLE_LAYERS } from "../../../test/narrow-engine.ts";
import { gramOf, sumOfSquares } from "../../../test/plain-losses.ts";
import { lossOfKind } from "../objective.ts";
import { noisePicture } from "../start.ts";
import { gatys } from "./gatys.ts";

describe("The preset gatys", () => {
  test("has the paper's choices", () => {
    expect(gatys).toMatchObject({
      normalized: true,
      pooling: "average",
      smoothnessWeight: 0,
      init: "noise",
      noise: "white",
      optimizer: "lbfgs",
      contentLayers: { conv4_2: 1 },
      styleLayers: { conv1_1: 0.2, conv2_1: 0.2, conv3_1: 0.2, conv4_1: 0.2, conv5_1: 0.2 },
    });
    expect(gatys.contentWeight / gatys.styleWeight).toBe(1e-3);
    expect(gatys.lbfgs.manner).toBe("safeguarded");
    expect(gatys.schedule(512)).toEqual([{ longest: 512, iterations: 500 }]);
  });

  test("counts content as ½ Σ (F − P)²", () => {
    const sum = sumOfSquares(uniform([3, 4, 5], 1), uniform([3, 4, 5], 2));
    expect(gatys.contentUnit([3, 4, 5]) * (sum / 60)).toBeCloseTo(sum / 2, 10);
  });

  test.each([
    [1, 1, 1],
    [3, 4, 5],
    [7, 2, 3],
  ])("counts style as Σ (G − A)² / (4 N² M²) for %i×%i×%i features", (N, height, width) => {
    const M = height * width;
    const rows = (seed: number) => Array.from({ length: N }, (_, row) => uniform([M], seed + row));
    const [G, A] = [gramOf(rows(100)), gramOf(rows(200))];
    const mean = sumOfSquares(G, A) / (N * M) ** 2 / N ** 2;
    const expected = sumOfSquares(G, A) / (4 * N ** 2 * M ** 2);
    expect(gatys.styleUnit([N, height, width]) * mean).toBeCloseTo(expected, 10);
  });

  test("resizes the content to the longest side, and the style to the content's shape", () => {
    expect(gatys.contentSize({ width: 1000, height: 750 }, undefined)).toEqual({ width: 512, height: 384 });
    expect(gatys.contentSize({ width: 100, height: 50 }, 300)).toEqual({ width: 300, height: 150 });
    const result = { width: 512, height: 384 };
    expect(gatys.styleSize({ width: 30, height: 2000 }, result)).toEqual(result);
  });

  test("starts from white noise over all of [0, 1]", () => {
    const { rgb } = noisePicture({ width: 64, height: 64 }, gatys.noise, 5);
    const mean = rgb.reduce((sum, value) => sum + value, 0) / rgb.length;
    const variance = rgb.reduce((sum, value) => sum + (value - mean) ** 2, 0) / rgb.length;
    expect(mean).toBeCloseTo(0.5, 1);
    expect(variance).toBeCloseTo(1 / 12, 2);
    expect(rgb.every((value) => value >= 0 && value < 1)).toBe(true);
  });

  test("gives the paper's losses on normalised features, averaged between blocks", async () => {
    const engine = await narrowEngine();
    const { x, content, style, loss } = await firstLosses(engine, "gatys");
    const how = { pooling: "average", normalized: true } as const;
    const look = (picture: typeof x, layer: "conv4_2" | (typeof STYLE_LAYERS)[number]) =>
      featuresOf(engine.network, picture, layer, how);

    const [F, P] = [await look(x, "conv4_2"), await look(content, "conv4_2")];
    let total = 1e-3 * 0.5 * sumOfSquares(F.values, P.values);
    expect(loss.terms["content.conv4_2"] / total).toBeCloseTo(1, 4);
    for (const layer of STYLE_LAYERS) {
      const [{ rows }, painting] = [await look(x, layer), await look(style, layer)];
      const [N, M] = [rows.length, rows[0].length];
      const E = sumOfSquares(gramOf(rows), gramOf(painting.rows)) / (4 * N ** 2 * M ** 2);
      expect(loss.terms[`style.${layer}`] / (E / 5), layer).toBeCloseTo(1, 4);
      total += E / 5;
    }
    expect(loss.total / total).toBeCloseTo(1, 4);
    expect(lossOfKind(loss, "smoothness")).toBe(0);
  });
});
