import { describe, expect, test } from "vitest";
import { firstLosses } from "../../../test/first-losses.ts";
import { featuresOf, narrowEngine } from "../../../test/narrow-engine.ts";
import { sumOfSquares } from "../../../test/plain-losses.ts";
import { lossOfKind } from "../objective.ts";
import { unitOfPower } from "../power.ts";
import { impasto } from "./impasto.ts";

describe("The preset impasto", () => {
  test("has the choices that docs/preset.md gives reasons for", () => {
    expect(impasto).toMatchObject({
      normalized: false,
      pooling: "max",
      edges: "replicate",
      styleMeasure: "gaussian",
      relative: true,
      levelled: true,
      contentWeight: 0.037,
      styleWeight: 1,
      smoothnessWeight: 0.25,
      contentLayers: { conv4_2: 1 },
      styleLayers: { conv1_1: 0.75, conv2_1: 0.25, conv3_1: 0.1, conv4_1: 0.02, conv5_1: 0.006 },
      init: "content",
      optimizer: "lbfgs",
      lbfgs: { manner: "safeguarded", history: 4 },
    });
  });

  test.each([
    [64, [[64, 60]]],
    [126, [[126, 60]]],
    [
      256,
      [
        [97, 60],
        [158, 50],
        [256, 50],
      ],
    ],
    [
      512,
      [
        [97, 60],
        [223, 50],
        [512, 45],
      ],
    ],
    [
      4096,
      [
        [97, 60],
        [205, 50],
        [434, 45],
        [916, 30],
        [1938, 20],
        [4096, 12],
      ],
    ],
  ])("goes to %i pixels in equal steps, with ever fewer evaluations", (longest, expected) => {
    const scales = impasto.schedule(longest).map((scale) => [scale.longest, scale.iterations]);
    expect(scales).toEqual(expected);
  });

  test("begins at one size whatever the last, and takes steps of 1.3 to 2.35", () => {
    for (let longest = 127; longest <= 8192; longest++) {
      const sizes = impasto.schedule(longest).map((scale) => scale.longest);
      expect(sizes[0]).toBe(97);
      expect(sizes.at(-1)).toBe(longest);
      for (const [i, size] of sizes.slice(1).entries()) {
        expect(size / sizes[i]).toBeGreaterThan(1.29);
        expect(size / sizes[i]).toBeLessThan(2.36);
      }
    }
  });

  test("shows a small painting as it is, and a large one no larger than the result", () => {
    const result = { width: 512, height: 384 };
    expect(impasto.styleSize({ width: 300, height: 200 }, result)).toEqual({ width: 300, height: 200 });
    expect(impasto.styleSize({ width: 2048, height: 1024 }, result)).toEqual({ width: 512, height: 256 });
  });

  test("counts content in units of both pictures' power, and smoothness as a mean over pixels", async () => {
    const engine = await narrowEngine();
    const { x, content, style, loss } = await firstLosses(engine, "impasto");
    const look = (picture: typeof x) =>
      featuresOf(engine.network, picture, "conv4_2", {
        pooling: "max",
        normalized: false,
        edges: "replicate",
      });
    const [F, P, S] = [await look(x), await look(content), await look(style)];
    const [photograph, painting] = [P, S].map(({ values }) =>
      sumOfSquares(values, new Float32Array(values.length)),
    );
    const power = unitOfPower(photograph / P.values.length, painting / S.values.length);
    const expected = sumOfSquares(F.values, P.values) / P.values.length / power;
    expect(lossOfKind(loss, "content") / (impasto.contentWeight * expected)).toBeCloseTo(1, 4);

    let squares = 0;
    const { width, height, rgb } = x;
    for (let channel = 0; channel < 3; channel++) {
      const at = (column: number, row: number) => rgb[(channel * height + row) * width + column];
      for (let row = 0; row < height; row++) {
        for (let column = 0; column < width; column++) {
          if (column + 1 < width) squares += (at(column + 1, row) - at(column, row)) ** 2;
          if (row + 1 < height) squares += (at(column, row + 1) - at(column, row)) ** 2;
        }
      }
    }
    expect(lossOfKind(loss, "smoothness") / (0.25 * (squares / (width * height)))).toBeCloseTo(1, 4);
    const kinds = ["content", "style", "smoothness"].map((kind) => lossOfKind(loss, kind));
    expect(loss.total / kinds.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 5);
  });
});
