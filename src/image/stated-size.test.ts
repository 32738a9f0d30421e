import { readFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { openRaw } from "./sharp.node.ts";
import { statedSize } from "./stated-size.ts";

const [width, height] = [300, 20];

/** A picture as libvips writes it, with or without alpha. */
const written = async (channels: 3 | 4) =>
  openRaw(new Uint8Array(channels * width * height).fill(90), { width, height, channels });

describe("The size that a file states", () => {
  test.each([
    ["PNG", 4, "png", {}],
    ["JPEG", 3, "jpeg", {}],
    ["progressive JPEG", 3, "jpeg", { progressive: true }],
    ["GIF", 3, "gif", {}],
    ["WebP", 3, "webp", {}],
    ["lossless WebP", 3, "webp", { lossless: true }],
    ["WebP with alpha", 4, "webp", {}],
    ["AVIF", 3, "avif", { effort: 0 }],
  ] as const)("is that of a %s", async (_, channels, format, options) => {
    const opened = await written(channels);
    // Alpha of one value is left out.
    const seen = channels === 4 ? opened.ensureAlpha(0.5) : opened;
    expect(statedSize(await seen[format](options).toBuffer())).toEqual({ width, height });
  });

  test("is read wherever the bytes lie", async () => {
    const file = await readFile(new URL("../../examples/rocket.jpg", import.meta.url));
    const shifted = new Uint8Array(file.length + 3);
    shifted.set(file, 3);
    expect(statedSize(shifted.subarray(3))).toEqual(statedSize(file));
  });

  test("is none where the file breaks off before it, or is something else", async () => {
    const jpeg = await (await written(3)).jpeg().toBuffer();
    for (const length of [0, 1, 2, 3, 20, 100]) expect(statedSize(jpeg.subarray(0, length))).toBeUndefined();
    expect(statedSize(new TextEncoder().encode("<svg xmlns='http://www.w3.org/2000/svg'/>"))).toBeUndefined();
    const tiff = await (await written(3)).tiff().toBuffer();
    expect(statedSize(tiff)).toBeUndefined();
  });
});
