import { spawnSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { deflateSync } from "node:zlib";
import fc from "fast-check";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { MisuseError } from "../errors.ts";
import { decodePicture } from "./decode.node.ts";
import { encodePicture } from "./encode.node.ts";
import type { PictureFormat } from "./format.ts";
import type { Picture } from "./picture.ts";
import { editPng } from "./png-chunks.ts";
import { writeRawProfile } from "./raw-profile.ts";
import { readRecipe } from "./recipe.node.ts";
import { openRaw } from "./sharp.node.ts";
import { writeXmp } from "./xmp.ts";

const FORMATS: readonly PictureFormat[] = ["png", "jpeg", "webp", "tiff"];

/** Pictures whose values are whole bytes; alpha, when there, is not opaque throughout. */
const pictures: fc.Arbitrary<Picture> = fc
  .tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 }), fc.boolean())
  .chain(([width, height, opaque]) => {
    const size = width * height;
    const plane = (length: number): fc.Arbitrary<Float32Array> =>
      fc
        .uint8Array({ minLength: length, maxLength: length })
        .map((b) => Float32Array.from(b, (v) => v / 255));
    return fc.tuple(plane(3 * size), plane(size)).map(([rgb, alpha]) => {
      alpha[0] = 0.2;
      return opaque ? { width, height, rgb } : { width, height, rgb, alpha };
    });
  });

const gradient: Picture = {
  width: 32,
  height: 24,
  rgb: Float32Array.from({ length: 3 * 32 * 24 }, (_, i) => (i % 32) / 31),
};

describe("encodePicture", () => {
  it.each(["png", "tiff"] as const)("keeps every byte and the alpha in a %s", async (format) => {
    await fc.assert(
      fc.asyncProperty(pictures, async (picture) => {
        const encoded = await encodePicture(picture, format, { recipe: "{}" });
        expect(await decodePicture(encoded, "picture")).toEqual(picture);
      }),
    );
  });

  it.each(["png", "tiff"] as const)(
    "keeps all sixteen bits in a %s where they are asked for",
    async (format) => {
      const ramp = Float32Array.from({ length: 3 * 4096 }, (_, i) => ((i * 5003) % 65_536) / 65_535);
      const alpha = ramp.slice(0, 4096).reverse();
      for (const picture of [
        { width: 64, height: 64, rgb: ramp },
        { width: 64, height: 64, rgb: ramp, alpha },
      ]) {
        const encoded = await encodePicture(picture, format, { depth: 16, recipe: "{}" });
        expect(await decodePicture(encoded, "picture")).toEqual(picture);
        expect((await sharp(encoded).metadata()).depth).toBe("ushort");
      }
    },
  );

  it.each(["jpeg", "webp"] as const)("refuses sixteen bits in a %s", async (format) => {
    await expect(encodePicture(gradient, format, { depth: 16 })).rejects.toThrow(
      new MisuseError(
        `A ${format} file holds 8 bits a channel, not 16; write a .png or .tiff, or leave the depth at 8`,
      ),
    );
  });

  it.each(["jpeg", "webp"] as const)("loses next to nothing in a %s", async (format) => {
    const { rgb } = await decodePicture(await encodePicture(gradient, format), "picture");
    for (const [i, value] of rgb.entries())
      expect(Math.abs(value - (gradient.rgb[i] ?? 0))).toBeLessThan(0.03);
  });

  it("clamps, and rounds halves up", async () => {
    const rgb = Float32Array.of(-0.3, 1.7, 0.5 / 255 + 1e-9, 0.499 / 255, 127.5 / 255, 1);
    const decoded = await sharp(await encodePicture({ width: 2, height: 1, rgb }, "png"))
      .raw()
      .toBuffer();
    expect([...decoded]).toEqual([0, 1, 128, 255, 0, 255]);
  });

  it("lays a transparent picture over white in a JPEG", async () => {
    const clear = { width: 8, height: 8, rgb: new Float32Array(192), alpha: new Float32Array(64).fill(0.5) };
    const picture = await decodePicture(await encodePicture(clear, "jpeg"), "picture");
    expect(picture.alpha).toBeUndefined();
    for (const value of picture.rgb) expect(value).toBeCloseTo(0.5, 1);
  });

  it("keeps all of a JPEG's colour resolution", async () => {
    const { chromaSubsampling } = await sharp(await encodePicture(gradient, "jpeg")).metadata();
    expect(chromaSubsampling).toBe("4:4:4");
  });

  it("gives the same bytes for the same picture and recipe, at any time", async () => {
    const all = (recipe: string): Promise<Uint8Array[]> =>
      Promise.all(FORMATS.map((format) => encodePicture(gradient, format, { recipe })));
    const first = await all('{"seed":1}');
    await new Promise((resolve) => setTimeout(resolve, 1100)); // any clock inside would have moved on
    expect(await all('{"seed":1}')).toEqual(first);
    for (const [i, other] of (await all('{"seed":2}')).entries()) expect(other).not.toEqual(first[i]);
  });

  it("refuses a picture too large for its format before any work", async () => {
    const wide = { width: 20_000, height: 1, rgb: new Float32Array(60_000) };
    await expect(encodePicture(wide, "webp")).rejects.toThrow(MisuseError);
  });

  it("refuses a recipe too long for a JPEG rather than lose it", async () => {
    const recipe = JSON.stringify("x".repeat(70_000));
    await expect(encodePicture(gradient, "jpeg", { recipe })).rejects.toThrow(MisuseError);
  });

  it.each(FORMATS)("claims no resolution for a %s, so that nobody prints it metres wide", async (format) => {
    for (const options of [{}, { recipe: "{}" }]) {
      const encoded = Buffer.from(await encodePicture(gradient, format, options));
      // What holds one: PNG's pHYs, JFIF's and EXIF's headers, TIFF's unit of inches or centimetres.
      for (const mark of ["pHYs", "JFIF", "Exif"]) expect(encoded.includes(mark)).toBe(false);
      expect((await sharp(encoded).metadata()).exif).toBeUndefined();
      if (format !== "tiff") continue;
      const entries = encoded.readUInt32LE(4) + 2;
      const tags = Array.from({ length: encoded.readUInt16LE(entries - 2) }, (_, i) => entries + 12 * i);
      const valueAt = new Map(tags.map((at) => [encoded.readUInt16LE(at), at + 8]));
      expect(encoded.readUInt16LE(valueAt.get(296) ?? 0)).toBe(1);
      for (const tag of [282, 283]) {
        const fraction = encoded.readUInt32LE(valueAt.get(tag) ?? 0);
        expect([encoded.readUInt32LE(fraction), encoded.readUInt32LE(fraction + 4)]).toEqual([1, 1]);
      }
    }
  });
});

describe("openRaw", () => {
  it("takes more pixels than a foreign file may have", async () => {
    const [width, height] = [16_384, 16_385];
    const raw = await openRaw(new Uint8Array(width * height), { width, height, channels: 1 });
    const corner = raw.extract({ left: width - 1, top: height - 1, width: 1, height: 1 });
    expect([...(await corner.raw().toBuffer())]).toEqual([0, 0, 0]);
  });
});

describe("readRecipe", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "impasto-"));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it.each(FORMATS)("reads from a %s what encodePicture put there", async (format) => {
    const recipe = JSON.stringify(
      { content: 'Zoë’s "cat" <1>.png', style: "星月夜 🌌 & co", seed: 7 },
      null,
      2,
    );
    const path = join(folder, `with.${format}`);
    await writeFile(path, await encodePicture(gradient, format, { recipe }));
    expect(await readRecipe(path)).toBe(recipe);
  });

  it("keeps the longest recipe a JPEG takes", async () => {
    const recipe = JSON.stringify("x".repeat(59_000));
    const path = join(folder, "long.jpg");
    await writeFile(path, await encodePicture(gradient, "jpeg", { recipe }));
    expect(await readRecipe(path)).toBe(recipe);
  });

  const recipe = JSON.stringify({ style: "Zoë’s 星月夜 🌌", seed: 7 });
  const read = async (name: string, bytes: Uint8Array): Promise<string> => {
    await writeFile(join(folder, name), bytes);
    return readRecipe(join(folder, name));
  };

  it.each(FORMATS)("reads it after sharp has made a %s of a PNG and kept the metadata", async (format) => {
    const saved = sharp(await encodePicture(gradient, "png", { recipe })).keepMetadata();
    expect(await read(`saved.${format}`, await saved.toFormat(format).toBuffer())).toBe(recipe);
  });

  it.each([
    ["its earlier form", "iTXt", "impasto\0\0\0\0\0", recipe, false],
    ["its earlier form, compressed", "iTXt", "impasto\0\x01\0\0\0", recipe, true],
    ["a plain text", "tEXt", "impasto\0", recipe, false],
    ["a compressed text", "zTXt", "impasto\0\0", recipe, true],
    ["XMP", "iTXt", "XML:com.adobe.xmp\0\0\0\0\0", writeXmp(recipe), false],
    ["compressed XMP", "zTXt", "XML:com.adobe.xmp\0\0", writeXmp(recipe), true],
    [
      "ImageMagick's profile",
      "zTXt",
      "Raw profile type xmp\0\0",
      writeRawProfile("xmp", writeXmp(recipe)),
      true,
    ],
  ])("reads it from a PNG that has it as %s", async (title, type, head, text, compressed) => {
    const body = compressed ? deflateSync(text) : Buffer.from(text);
    const data = Buffer.concat([Buffer.from(head, "latin1"), body]);
    expect(
      await read(`${title}.png`, editPng(await encodePicture(gradient, "png"), "", [{ type, data }])),
    ).toBe(recipe);
  });

  it("does not unpack a recipe that would grow beyond all measure", async () => {
    const data = Buffer.concat([Buffer.from("impasto\0\0"), deflateSync(Buffer.alloc(2 ** 24 + 1, " "))]);
    const bomb = editPng(await encodePicture(gradient, "png"), "", [{ type: "zTXt", data }]);
    await expect(read("bomb.png", bomb)).rejects.toThrow("carries no recipe");
  });

  it.skipIf(spawnSync("convert", ["-version"]).status !== 0)(
    "reads it after ImageMagick has made a PNG, a JPEG and a TIFF of a PNG (needs ImageMagick's convert)",
    async () => {
      const png = join(folder, "original.png");
      await writeFile(png, await encodePicture(gradient, "png", { recipe }));
      for (const extension of ["png", "jpg", "tiff"]) {
        const path = join(folder, `converted.${extension}`);
        spawnSync("convert", [png, "-resize", "50%", path]);
        expect(await readRecipe(path), extension).toBe(recipe);
      }
    },
  );

  it.each(FORMATS)("says so when a %s carries none", async (format) => {
    const path = join(folder, `without.${format}`);
    await writeFile(path, await encodePicture(gradient, format));
    await expect(readRecipe(path)).rejects.toThrow(`"${path}" carries no recipe`);
  });

  it("refuses what is not a picture as readPicture does", async () => {
    await expect(readRecipe(folder)).rejects.toThrow(MisuseError);
    await expect(readRecipe(join(folder, "none.png"))).rejects.toThrow("There is no file");
  });
});
