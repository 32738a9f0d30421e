import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { uniform } from "../../../test/evaluate.ts";
import { firstLosses } from "../../../test/first-losses.ts";
import { colours, featuresOf, narrowEngine, STYLE_LAYERS } from "../../../test/narrow-engine.ts";
import { narrowVgg19 } from "../../../test/narrow-vgg19.ts";
import { gramOf, sumOfSquares } from "../../../test/plain-losses.ts";
import { byLayer } from "../../network/layers.ts";
import { vgg19 } from "../../network/vgg19.ts";
import { TORCHVISION } from "../../network/weights.ts";
import { lossOfKind } from "../objective.ts";
import { pictureOf, variablesOf } from "../start.ts";
import { stylize } from "../stylize.ts";
import { notebook } from "./notebook.ts";

const MEAN = [0.485, 0.456, 0.406];
const STD = [0.229, 0.224, 0.225];
const WEIGHTS = [1, 0.75, 0.2, 0.2, 0.2];

describe("The preset notebook", () => {
  test("has the notebook's choices", () => {
    expect(notebook).toMatchObject({
      normalized: "large",
      pooling: "max",
      contentWeight: 1,
      styleWeight: 1e6,
      smoothnessWeight: 0,
      init: "content",
      optimizer: "adam",
      adam: { learningRate: 0.003, beta1: 0.9, beta2: 0.999 },
      contentLayers: { conv4_2: 1 },
      styleLayers: { conv1_1: 1, conv2_1: 0.75, conv3_1: 0.2, conv4_1: 0.2, conv5_1: 0.2 },
    });
    expect(notebook.schedule(533)).toEqual([{ longest: 533, iterations: 2000 }]);
  });

  test("counts content as the mean, and style as mean (G − A)² / (C·H·W) of undivided Gram matrices", () => {
    const [C, H, W] = [3, 4, 5];
    const rows = (seed: number) => Array.from({ length: C }, (_, row) => uniform([H * W], seed + row));
    const [G, A] = [gramOf(rows(100)), gramOf(rows(200))];
    const undivided = sumOfSquares(G, A) / C ** 2;
    const divided = undivided / (C * H * W) ** 2;
    expect(notebook.styleUnit([C, H, W]) * divided).toBeCloseTo(undivided / (C * H * W), 10);
    expect(notebook.contentUnit([C, H, W])).toBe(1);
  });

  test.each([
    ["a large picture", [1600, 1200], [533, 400]],
    ["a large upright one", [1200, 1600], [400, 533]],
    ["one whose longest side is less than 400", [300, 200], [450, 300]],
    ["one whose longest side alone is more", [500, 200], [1000, 400]],
    ["a square", [64, 64], [64, 64]],
  ])("gives %s a shortest side of min(400, longest side)", (_, [width, height], [wide, high]) => {
    expect(notebook.contentSize({ width, height }, undefined)).toEqual({ width: wide, height: high });
  });

  test("keeps to that rule at every size, to the pixel", () => {
    const sides = fc.record({
      width: fc.integer({ min: 16, max: 4000 }),
      height: fc.integer({ min: 16, max: 4000 }),
    });
    fc.assert(
      fc.property(sides, ({ width, height }) => {
        fc.pre((400 * Math.max(width, height)) / Math.min(width, height) <= 65_000);
        const size = notebook.contentSize({ width, height }, undefined);
        expect(Math.min(size.width, size.height)).toBe(Math.min(400, Math.max(width, height)));
        const shortest = Math.min(size.width, size.height);
        const longest = (shortest * Math.max(width, height)) / Math.min(width, height);
        expect(Math.max(size.width, size.height)).toBe(Math.floor(longest));
        expect(size.width > size.height).toBe(width > height && size.width !== size.height);
      }),
    );
  });

  test("takes a longest side where one is asked for, and resizes the style to the content's shape", () => {
    const result = notebook.contentSize({ width: 1600, height: 1200 }, 256);
    expect(result).toEqual({ width: 256, height: 192 });
    expect(notebook.styleSize({ width: 10, height: 900 }, result)).toEqual(result);
  });

  test("works on torchvision's normalised pixels: (rgb − mean) / std", () => {
    const picture = colours(4, 3, 1);
    const variables = variablesOf(picture, notebook.variables);
    for (const [index, value] of variables.entries()) {
      const channel = Math.floor(index / 12);
      expect(value).toBeCloseTo((picture.rgb[index] - MEAN[channel]) / STD[channel], 5);
    }
    const back = pictureOf(variables, picture, notebook.variables);
    for (const [index, value] of back.rgb.entries()) expect(value).toBeCloseTo(picture.rgb[index], 6);
    const black = variablesOf({ width: 1, height: 1, rgb: new Float32Array(3) }, notebook.variables);
    for (const channel of [0, 1, 2]) expect(black[channel]).toBeCloseTo(-TORCHVISION.offset[channel], 6);
  });

  test("moves each pixel by 0.003 · std in its first step", async () => {
    const engine = await narrowEngine();
    const content = colours(32, 24, 4);
    const steps = stylize(
      {
        content,
        styles: [{ picture: colours(32, 24, 5), weight: 1 }],
        options: { preset: "notebook", size: 32, iterations: 2 },
      },
      engine,
    );
    const pictures: Float32Array[] = [];
    for await (const iterate of steps) pictures.push((await iterate.picture()).rgb);
    expect(pictures[0].every((value, i) => Math.abs(value - content.rgb[i]) < 1e-6)).toBe(true);
    const moves = pictures[1].map((value, i) => Math.abs(value - content.rgb[i]) / STD[Math.floor(i / 768)]);
    const whole = moves.filter((move) => Math.abs(move - 0.003) < 3e-6);
    expect(Math.max(...moves)).toBeLessThan(0.003 + 3e-6);
    expect(whole.length).toBeGreaterThan(0.99 * moves.length);
  });

  const narrow = narrowVgg19(1);
  const means = byLayer((layer) => Array.from(narrow.layers[layer].bias, (_, filter) => 0.5 + filter / 8));
  test.each([
    ["the notebook's own features with torchvision's weights", TORCHVISION, false],
    ["normalised features with Oxford's, whose own are a hundred times larger", narrow.input, true],
  ])("gives the notebook's losses on %s", async (_, input, normalized) => {
    const network = vgg19("narrow", { ...narrow, input }, means);
    const { x, content, style, loss } = await firstLosses(await narrowEngine(network), "notebook");
    const how = { pooling: "max", normalized } as const;

    const [F, P] = [
      await featuresOf(network, x, "conv4_2", how),
      await featuresOf(network, content, "conv4_2", how),
    ];
    const contentTerm = sumOfSquares(F.values, P.values) / F.values.length;
    expect(loss.terms["content.conv4_2"] / contentTerm).toBeCloseTo(1, 4);
    for (const [index, layer] of STYLE_LAYERS.entries()) {
      const target = await featuresOf(network, style, layer, how);
      const { rows, shape } = await featuresOf(network, x, layer, how);
      const [C, H, W] = shape;
      const mean = sumOfSquares(gramOf(rows), gramOf(target.rows)) / C ** 2;
      const expected = (1e6 * WEIGHTS[index] * mean) / (C * H * W);
      expect(loss.terms[`style.${layer}`] / expected, layer).toBeCloseTo(1, 4);
    }
    expect(loss.total / (lossOfKind(loss, "content") + lossOfKind(loss, "style"))).toBeCloseTo(1, 5);
  });
});
