import { deflateSync } from "node:zlib";
import fc from "fast-check";
import sharp from "sharp";
import { beforeAll, describe, expect, it } from "vitest";
import { editPng, isPng, pngChunks } from "./png-chunks.ts";
import { decodeText, findPngText, plainText, unicodeText } from "./png-text.ts";

describe("text in PNG files", () => {
  let png: Uint8Array;
  beforeAll(async () => {
    const create = { width: 2, height: 2, channels: 3, background: "red" } as const;
    png = await sharp({ create }).png().toBuffer();
  });

  const withText = (text: string): Uint8Array => editPng(png, "pHYs", [unicodeText("impasto", text)]);
  const read = (bytes: Uint8Array, keyword = "impasto"): string | undefined => {
    const found = findPngText(bytes, keyword);
    return found && decodeText(found.bytes);
  };

  it("comes back as it went in, whatever Unicode it is", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(read(withText(text))).toBe(text);
      }),
    );
  });

  it("is read by libpng, which checks the CRC, and leaves the pixels alone", async () => {
    const written = withText("Van Gogh’s 星月夜 🌌");
    const { comments } = await sharp(written).metadata();
    expect(comments).toEqual([{ keyword: "impasto", text: "Van Gogh’s 星月夜 🌌" }]);
    expect(await sharp(written).raw().toBuffer()).toEqual(await sharp(png).raw().toBuffer());
  });

  it("takes the place of the chunks that are dropped, and no others", () => {
    const types = (bytes: Uint8Array) => [...pngChunks(bytes)].map(({ type }) => type);
    expect(types(png)).toEqual(["IHDR", "pHYs", "IDAT", "IEND"]);
    const edited = editPng(png, "pHYs", [unicodeText("a", "b"), plainText("c", "d")]);
    expect(types(edited)).toEqual(["IHDR", "iTXt", "tEXt", "IDAT", "IEND"]);
  });

  it("is found in every kind of chunk, and said to be compressed where it is", () => {
    const chunk = (type: string, head: string, body: Uint8Array) =>
      editPng(png, "", [{ type, data: Buffer.concat([Buffer.from(head, "latin1"), body]) }]);
    const body = Buffer.from("Zoë");
    for (const [type, head, compressed] of [
      ["tEXt", "impasto\0", false],
      ["zTXt", "impasto\0\0", true],
      ["iTXt", "impasto\0\0\0de\0Rezept\0", false],
      ["iTXt", "impasto\0\x01\0\0\0", true],
    ] as const) {
      const bytes = compressed ? deflateSync(body) : body;
      const found = findPngText(chunk(type, head, bytes), "impasto");
      expect(found?.compressed, head).toBe(compressed);
      expect(Buffer.from(found?.bytes ?? []).equals(bytes), head).toBe(true);
    }
    expect(decodeText(Buffer.from("Zoë", "latin1"))).toBe("Zoë");
  });

  it("is not found under another keyword, nor where there is none", () => {
    expect(read(withText("x"), "impast")).toBeUndefined();
    expect(read(png)).toBeUndefined();
  });

  it("is not found when a bit of it is wrong", () => {
    const damaged = withText("recipe");
    const at = Buffer.from(damaged).indexOf("recipe");
    damaged[at] = (damaged[at] ?? 0) ^ 1;
    expect(read(damaged)).toBeUndefined();
  });

  it("is searched for in any bytes without failing", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(), (noise, cut) => {
        expect(read(noise)).toBeUndefined();
        const behind = Buffer.concat([png.subarray(0, cut % png.length), noise]);
        expect(read(behind)).toBeUndefined();
      }),
    );
  });

  it("belongs to files that begin as a PNG does", () => {
    expect(isPng(png)).toBe(true);
    expect(isPng(png.subarray(0, 7))).toBe(false);
  });
});
