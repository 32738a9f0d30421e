import { beforeAll, describe, expect, test } from "vitest";
import { norm } from "../../test/evaluate.ts";
import {
  colours,
  featuresOf,
  narrowEngine,
  STYLE_LAYERS,
  type WatchedEngine,
} from "../../test/narrow-engine.ts";
import { gramOf, sumOfSquares } from "../../test/plain-losses.ts";
import { MisuseError } from "../errors.ts";
import { POOLINGS } from "../network/network.ts";
import { measure } from "./measure.ts";

const image = colours(32, 24, 1);
const content = colours(32, 24, 2);
const style = colours(40, 20, 3);

let engine: WatchedEngine;
beforeAll(async () => {
  engine = await narrowEngine();
});

describe.each(POOLINGS)("A measurement with %s pooling", (pooling) => {
  test("has one content loss and five style losses, and their sum", async () => {
    const found = await measure({ image, content, style, pooling }, engine);
    expect(found).toMatchObject({ network: "narrow", pooling });
    expect(Object.keys(found.content)).toEqual(["conv4_2"]);
    expect(Object.keys(found.style)).toEqual([...STYLE_LAYERS]);
    const parts = [...Object.values(found.content), ...Object.values(found.style)];
    for (const part of parts) expect(part).toBeGreaterThan(0);
    expect(found.total / parts.reduce((sum, part) => sum + part, 0)).toBeCloseTo(1, 5);
    expect(engine.open()).toBe(0);
  });

  test("has means of raw features and of their Gram matrices divided by C·H·W", async () => {
    const found = await measure({ image, content, style, pooling }, engine);
    const how = { pooling, normalized: false };
    const [F, P] = [
      await featuresOf(engine.network, image, "conv4_2", how),
      await featuresOf(engine.network, content, "conv4_2", how),
    ];
    const mean = sumOfSquares(F.values, P.values) / F.values.length;
    expect(found.content.conv4_2 / mean).toBeCloseTo(1, 4);
    for (const layer of STYLE_LAYERS) {
      const one = await featuresOf(engine.network, image, layer, how);
      const other = await featuresOf(engine.network, style, layer, how);
      const [G, A] = [one, other].map(({ rows, values }) =>
        gramOf(rows).map((value) => value / values.length),
      );
      expect(found.style[layer] / (sumOfSquares(G, A) / G.length), layer).toBeCloseTo(1, 4);
    }
  });

  test("has the gradient's norm that differences show", async () => {
    const { total, gradientNorm } = await measure({ image, content, style, pooling }, engine);
    const gradient = Object.values(engine.lastResults()).find(({ length }) => length === image.rgb.length);
    if (gradient === undefined) throw new Error("No result of the last run is a gradient");
    expect(norm(gradient) / gradientNorm).toBeCloseTo(1, 5);
    // Along its own direction a function changes by its gradient's norm; enough of the loss drowns rounding.
    const step = (0.005 * total) / gradientNorm;
    const moved = (sign: number) => ({
      ...image,
      rgb: image.rgb.map((value, i) => value + (sign * step * gradient[i]) / gradientNorm),
    });
    const ahead = await measure({ image: moved(1), content, style, pooling }, engine);
    const behind = await measure({ image: moved(-1), content, style, pooling }, engine);
    const slope = (ahead.total - behind.total) / (2 * step);
    expect(Math.abs(slope / gradientNorm - 1)).toBeLessThan(0.02);
  });

  test("of a picture that is its own content and style is nothing at all", async () => {
    const found = await measure({ image, content: image, style: image, pooling }, engine);
    expect(found.total).toBe(0);
    expect(found.gradientNorm).toBe(0);
  });
});

describe("A measurement", () => {
  test.each([
    [24, 32],
    [32, 25],
    [31, 24],
    [16, 16],
  ])("of a content of %i×%i beside an image of 32×24 is misuse", async (width, height) => {
    const compiled = engine.compiled();
    const measuring = measure({ image, content: colours(width, height, 4), style, pooling: "max" }, engine);
    await expect(measuring).rejects.toThrow(
      new MisuseError(
        `The content has ${width}×${height} pixels and the image 32×24: measure pictures of one size.`,
      ),
    );
    expect(engine.compiled()).toBe(compiled);
  });

  test.each([
    ["image", 8, 8],
    ["style", 100, 15],
  ] as const)("of a picture too small for the network is misuse: %s %i×%i", async (name, width, height) => {
    const small = colours(width, height, 4);
    const asked = { image, content, style, pooling: "max", [name]: small } as const;
    const measuring = measure(name === "image" ? { ...asked, content: small } : asked, engine);
    await expect(measuring).rejects.toThrow(
      new MisuseError(`The ${name} has ${width}×${height} pixels, and measuring needs at least 16 a side.`),
    );
  });

  test("of the same pictures is the same to the bit", async () => {
    const asked = { image, content, style, pooling: "max" } as const;
    expect(await measure(asked, engine)).toEqual(await measure(asked, engine));
  });

  test("sees what is transparent as the mean colour of the rest", async () => {
    const alpha = new Float32Array(32 * 24).map((_, i) => (i % 32 < 8 ? 0 : 1));
    const hide = (value: number) => ({
      ...image,
      alpha,
      rgb: image.rgb.map((one, i) => (alpha[i % alpha.length] === 0 ? value : one)),
    });
    const found = [0, 1].map((value) =>
      measure({ image: hide(value), content: hide(value), style: hide(value), pooling: "max" }, engine),
    );
    const { total } = await found[0];
    expect(await found[1]).toEqual(await found[0]);
    expect(total).toBe(0);
  });
});
