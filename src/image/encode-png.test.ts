import { describe, expect, test } from "vitest";
import { colours } from "../../test/narrow-engine.ts";
import { decodePicture } from "./decode.node.ts";
import { encodePicture } from "./encode.node.ts";
import { encodePng } from "./encode-png.ts";
import type { Picture } from "./picture.ts";
import { recipeChunks } from "./recipe-chunks.ts";

const opaque = colours(23, 17, 1);
const translucent: Picture = {
  ...opaque,
  alpha: Float32Array.from({ length: 23 * 17 }, (_, i) => (i % 256) / 255),
};

describe("A PNG made without a codec", () => {
  test.each([
    ["opaque", 8, opaque],
    ["opaque", 16, opaque],
    ["translucent", 8, translucent],
    ["translucent", 16, translucent],
  ] as const)("has the samples that libvips writes: %s, %i bits", async (_, depth, picture) => {
    const ours = await decodePicture(await encodePng(picture, depth, []), "ours.png");
    const theirs = await decodePicture(await encodePicture(picture, "png", { depth }), "theirs.png");
    expect(ours).toEqual(theirs);
  });

  test("carries the recipe in the same chunks", async () => {
    const recipe = JSON.stringify({ seed: 1, name: "Grünes <Bild>" });
    const bytes = await encodePng(opaque, 8, recipeChunks(recipe));
    const theirs = await encodePicture(opaque, "png", { recipe });
    const textOf = (png: Uint8Array): string => {
      const text = new TextDecoder("latin1").decode(png);
      return text.slice(text.indexOf("iTXt"), text.indexOf("IDAT") - 4);
    };
    expect(textOf(bytes)).toBe(textOf(theirs));
  });

  test("is about as small as libvips makes it", async () => {
    const smooth: Picture = {
      width: 128,
      height: 128,
      rgb: Float32Array.from(
        { length: 3 * 128 * 128 },
        (_, i) => ((i % 128) + Math.floor(i / 128) / 3) / 256,
      ),
    };
    const ours = await encodePng(smooth, 8, []);
    const theirs = await encodePicture(smooth, "png");
    expect(ours.length).toBeLessThan(1.2 * theirs.length);
  });
});
