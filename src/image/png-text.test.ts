import fc from "fast-check";
import sharp from "sharp";
import { beforeAll, describe, expect, it } from "vitest";
import { isPng, readPngText, writePngText } from "./png-text.ts";

describe("text in PNG files", () => {
  let png: Uint8Array;
  beforeAll(async () => {
    const create = { width: 2, height: 2, channels: 3, background: "red" } as const;
    png = await sharp({ create }).png().toBuffer();
  });

  it("comes back as it went in, whatever Unicode it is", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(readPngText(writePngText(png, "impasto", text), "impasto")).toBe(text);
      }),
    );
  });

  it("is read by libpng, which checks the CRC, and leaves the pixels alone", async () => {
    const written = writePngText(png, "impasto", "Van Gogh’s 星月夜 🌌");
    const { comments } = await sharp(written).metadata();
    expect(comments).toEqual([{ keyword: "impasto", text: "Van Gogh’s 星月夜 🌌" }]);
    expect(await sharp(written).raw().toBuffer()).toEqual(await sharp(png).raw().toBuffer());
  });

  it("is not found under another keyword, nor where there is none", () => {
    expect(readPngText(writePngText(png, "impasto", "x"), "impast")).toBeUndefined();
    expect(readPngText(png, "impasto")).toBeUndefined();
  });

  it("is not found when a bit of it is wrong", () => {
    const written = writePngText(png, "impasto", "recipe");
    const damaged = written.slice();
    const at = Buffer.from(written).indexOf("recipe");
    damaged[at] = (damaged[at] ?? 0) ^ 1;
    expect(readPngText(damaged, "impasto")).toBeUndefined();
  });

  it("is searched for in any bytes without failing", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(), (noise, cut) => {
        expect(readPngText(noise, "impasto")).toBeUndefined();
        const behind = Buffer.concat([png.subarray(0, cut % png.length), noise]);
        expect(readPngText(behind, "impasto")).toBeUndefined();
      }),
    );
  });

  it("belongs to files that begin as a PNG does", () => {
    expect(isPng(png)).toBe(true);
    expect(isPng(png.subarray(0, 7))).toBe(false);
  });
});
