/** Kinds of TIFF that libvips takes for something else or does not read, in small files made here. */
import fc from "fast-check";
import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { profileBytes, table } from "../../test/icc-bytes.ts";
import { type TiffPage, tiffBytes } from "../../test/tiff-bytes.ts";
import { ImpastoError } from "../errors.ts";
import { decodePicture } from "./decode.node.ts";
import type { Picture } from "./picture.ts";
import { explain } from "./sharp.node.ts";
import { tiffPages } from "./tiff.ts";

const [MIN_IS_WHITE, GREY, RGB, CMYK, YCBCR, LAB, ICC_LAB] = [0, 1, 2, 5, 6, 8, 9];
const [ASSOCIATED, UNASSOCIATED] = [1, 2];

/** Two pixels beside each other. */
const decode = (
  samples: TiffPage["samples"],
  photometric: number,
  more: Partial<TiffPage> = {},
): Promise<Picture> =>
  decodePicture(tiffBytes([{ width: 2, height: 1, samples, photometric, ...more }]), "made.tif");

const toLight = (value: number): number =>
  value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;

/** Expects pixels in levels of 255, alpha last where there is any. */
function expectPixels({ width, rgb, alpha }: Picture, ...pixels: number[][]): void {
  for (const [x, levels] of pixels.entries()) {
    const found = [rgb[x], rgb[width + x], rgb[2 * width + x], ...(alpha === undefined ? [] : [alpha[x]])];
    expect(found).toHaveLength(levels.length);
    for (const [i, level] of levels.entries()) {
      expect(Math.abs(found[i] * 255 - level), `${found.map((v) => v * 255)}`).toBeLessThan(0.2);
    }
  }
}

const PIXELS = [208, 30, 30, 51, 35, 20].map((level) => level / 255);
const LIGHT = Float32Array.from(PIXELS, toLight);

/** A profile that sharp has. */
async function profile(name: string): Promise<Uint8Array> {
  const create = { width: 1, height: 1, channels: 3, background: "red" } as const;
  const jpeg = await sharp({ create }).withIccProfile(name).jpeg().toBuffer();
  return (await sharp(jpeg).metadata()).icc ?? new Uint8Array();
}

it("Whole numbers that are larger than the alpha they were multiplied with are white", async () => {
  const [half, most] = [2 ** 31, 2 ** 32 - 1];
  const picture = await decode(Uint32Array.of(most, half, 0, half, 0, 0, 0, most), RGB, {
    extraSamples: [ASSOCIATED],
  });
  expectPixels(picture, [255, 255, 0, 127.5], [0, 0, 0, 255]);
});

describe("floating point", () => {
  it("is light where no profile says otherwise", async () => {
    expectPixels(await decode(LIGHT, RGB), [208, 30, 30], [51, 35, 20]);
    expectPixels(await decode(LIGHT.slice(2, 4), GREY), [30, 30, 30], [51, 51, 51]);
    const inverted = LIGHT.slice(2, 4).map((value) => 1 - value);
    expectPixels(await decode(inverted, MIN_IS_WHITE), [30, 30, 30], [51, 51, 51]);
  });

  it("is what its profile says it is", async () => {
    const stored = Float32Array.from(PIXELS);
    expectPixels(await decode(stored, RGB, { icc: await profile("srgb") }), [208, 30, 30], [51, 35, 20]);
    const p3 = await decode(stored, RGB, { icc: await profile("p3") });
    const whole = Uint16Array.from(PIXELS, (value) => Math.round(value * 65_535));
    const sixteen = await decode(whole, RGB, { icc: await profile("p3") });
    expect(p3.rgb[0]).toBeGreaterThan(226 / 255);
    for (const [i, value] of p3.rgb.entries()) expect(value).toBeCloseTo(sixteen.rgb[i], 4);
  });

  it("keeps alpha, multiplied in or not, in colours and in grey", async () => {
    const [r, g, b] = LIGHT;
    const apart = Float32Array.of(r, g, b, 0.5, r, g, b, 1);
    expectPixels(
      await decode(apart, RGB, { extraSamples: [UNASSOCIATED] }),
      [208, 30, 30, 127.5],
      [208, 30, 30, 255],
    );
    const multiplied = Float32Array.of(r / 2, g / 2, b / 2, 0.5, r, g, b, 1);
    expectPixels(
      await decode(multiplied, RGB, { extraSamples: [ASSOCIATED] }),
      [208, 30, 30, 127.5],
      [208, 30, 30, 255],
    );
    expectPixels(
      await decode(Float32Array.of(r, 0.5, g, 1), GREY, { extraSamples: [UNASSOCIATED] }),
      [208, 208, 208, 127.5],
      [30, 30, 30, 255],
    );
    expectPixels(
      await decode(Float32Array.of(r / 2, 0.5, 0, 0), GREY, { extraSamples: [ASSOCIATED] }),
      [208, 208, 208, 127.5],
      [0, 0, 0, 0],
    );
  });

  it("is clipped, with a note, where it is brighter than white, and black where it is no number", async () => {
    const picture = await decode(Float32Array.of(4, Number.NaN, -1, Number.POSITIVE_INFINITY, 0, 1), RGB);
    expectPixels(picture, [255, 0, 0], [255, 0, 255]);
    expect(picture.notes).toEqual(['"made.tif" has values up to 4; those above 1 are shown as white.']);
    expect((await decode(Float32Array.of(1, 0, 0, 0, 0, 0), RGB)).notes).toBeUndefined();
  });

  it("of grey that goes up to 255 is grey from 0 to 255, with a note", async () => {
    const picture = await decode(Float32Array.of(64, 254), GREY);
    expectPixels(picture, [64, 64, 64], [254, 254, 254]);
    expect(picture.notes).toEqual([expect.stringContaining("255 is taken for white")]);
  });
});

describe("a profile that works by tables", () => {
  // Red becomes the blue of sRGB, and so on: channels in reverse.
  const LAB_OF_SRGB = [
    [0, 0, 0],
    [54, 81, 70],
    [88, -79, 81],
    [98, -16, 93],
    [30, 68, -112],
    [60, 94, -60],
    [91, -51, -15],
    [100, 0, 0],
  ] as const;
  const icc = profileBytes("RGB ", { A2B0: table(LAB_OF_SRGB) }, "Lab ");

  it("is followed with 8 bits and with 16, without a detour", async () => {
    for (const samples of [Uint8Array.of(255, 0, 0, 0, 0, 255), Uint16Array.of(65_535, 0, 0, 0, 0, 65_535)]) {
      const { rgb } = await decode(samples, RGB, { icc });
      for (const [i, level] of [0, 1, 0, 0, 1, 0].entries()) expect(rgb[i]).toBeCloseTo(level, 1);
    }
  });

  it("is not read in floating point, and that is said", async () => {
    await expect(decode(LIGHT, RGB, { icc })).rejects.toThrow(
      /"made\.tif" .* works by tables.*; save it with 16/,
    );
  });
});

describe("whole numbers", () => {
  it("of 32 bits go from black to white", async () => {
    const samples = Uint32Array.from(PIXELS, (value) => Math.round(value * 4_294_967_295));
    expectPixels(await decode(samples, RGB), [208, 30, 30], [51, 35, 20]);
    expectPixels(await decode(samples.slice(0, 2), GREY), [208, 208, 208], [30, 30, 30]);
    const alpha = Uint32Array.of(2 ** 30, 2 ** 31, 0, 2 ** 32 - 1);
    expectPixels(
      await decode(alpha, GREY, { extraSamples: [ASSOCIATED] }),
      [127.5, 127.5, 127.5, 127.5],
      [0, 0, 0, 255],
    );
  });

  it.each([
    ["8", Int8Array.of(-128, 127, -1)],
    ["16", Int16Array.of(-32_768, 32_767, -129)],
    ["32", Int32Array.of(-(2 ** 31), 2 ** 31 - 1, -(2 ** 23))],
  ])("with a sign, of %s bits, go from the least to the most", async (_, samples) => {
    const three = await decodePicture(
      tiffBytes([{ width: 3, height: 1, samples, photometric: GREY }]),
      "made.tif",
    );
    expectPixels(three, [0, 0, 0], [255, 255, 255], [127, 127, 127]);
  });
});

describe("L*a*b*", () => {
  // sRGB (30, 208, 30) under D50, by the formulas of CIE 15: L* = 73.28, a* = −65.80, b* = 65.76.
  const [l, a, b] = [73.275, -65.803, 65.758];
  const GREEN = [30, 208, 30];
  const WHITE = [255, 255, 255];

  it("of 16 bits is that of D50, and its alpha is alpha", async () => {
    const colour = [Math.round(l * 655.35), 65_536 + Math.round(a * 256), Math.round(b * 256)];
    expectPixels(await decode(Uint16Array.of(...colour, 65_535, 0, 0), LAB), GREEN, WHITE);
    expectPixels(
      await decode(Uint16Array.of(...colour, 20_000, 65_535, 0, 0, 65_535), LAB, {
        extraSamples: [UNASSOCIATED],
      }),
      [...GREEN, 20_000 / 257],
      [...WHITE, 255],
    );
  });

  it("of 8 bits is read, as TIFF codes it and as profiles do", async () => {
    // As near as whole a* and b* come.
    const near = (picture: Picture) => {
      const [red, green, blue] = [0, 2, 4].map((i) => picture.rgb[i] * 255);
      expect(Math.hypot(red - 30, green - 208, blue - 30)).toBeLessThan(2.5);
      expect(picture.rgb[1] * 255).toBeGreaterThan(254.9);
    };
    const lightness = Math.round(l * 2.55);
    near(await decode(Uint8Array.of(lightness, 256 - 66, 66, 255, 0, 0), LAB));
    near(await decode(Uint8Array.of(lightness, 128 - 66, 128 + 66, 255, 128, 128), ICC_LAB));
    const alpha = await decode(Uint8Array.of(lightness, 256 - 66, 66, 51, 255, 0, 0, 255), LAB, {
      extraSamples: [UNASSOCIATED],
    });
    near(alpha);
    expect(alpha.alpha).toEqual(Float32Array.of(0.2, 1));
  });

  it("of 16 bits as profiles code it, and in floating point", async () => {
    const coded = [l * 652.8, (a + 128) * 256, (b + 128) * 256].map(Math.round);
    expectPixels(await decode(Uint16Array.of(...coded, 65_280, 32_768, 32_768), ICC_LAB), GREEN, WHITE);
    expectPixels(await decode(Float32Array.of(l, a, b, 100, 0, 0), LAB), GREEN, WHITE);
  });
});

describe("CMYK of 16 bits", () => {
  it("keeps its alpha", async () => {
    const samples = Uint16Array.of(0, 65_535, 0, 0, 32_768, 0, 0, 0, 0, 65_535);
    const picture = await decode(samples, CMYK, { extraSamples: [UNASSOCIATED] });
    expect(picture.alpha).toEqual(Float32Array.of(32_768 / 65_535, 1));
    const { rgb } = await decode(Uint16Array.of(0, 65_535, 0, 0, 0, 0, 0, 0), CMYK);
    expect(picture.rgb).toEqual(rgb);
  });
});

describe("the picture that is meant", () => {
  const plain = (width: number, level: number): TiffPage => ({
    width,
    height: 2,
    samples: new Uint8Array(width * 2 * 3).fill(level),
    photometric: RGB,
  });
  const thumbnail = { ...plain(1, 9), tags: { 254: [1] } };
  const mask = { ...plain(6, 9), tags: { 254: [4] } };

  it.each([
    ["the second where the first is its thumbnail", [thumbnail, plain(4, 100)], {}],
    ["the third where the first two are not pictures", [thumbnail, mask, plain(4, 100)], {}],
    ["the first of several pages", [plain(4, 100), plain(3, 50)], {}],
    ["the only one, although it says that it is a copy", [{ ...plain(4, 100), tags: { 254: [1] } }], {}],
    ["the second by the older tag", [{ ...plain(1, 9), tags: { 255: [2] } }, plain(4, 100)], {}],
    ["the one that hangs from a thumbnail", [{ ...thumbnail, subPages: [plain(4, 100)] }], {}],
    ["the second in a BigTIFF", [thumbnail, plain(4, 100)], { big: true }],
    ["one in floating point behind a thumbnail, in a BigTIFF", [thumbnail, floating(4)], { big: true }],
  ])("is %s", async (_, pages, options) => {
    const picture = await decodePicture(tiffBytes(pages, options), "pages.tif");
    expect(picture).toMatchObject({ width: 4, height: 2 });
    expect(picture.notes).toBeUndefined();
    expect(picture.rgb.every((value) => Math.abs(value - 100 / 255) < 1e-4)).toBe(true);
  });

  function floating(width: number): TiffPage {
    const samples = new Float32Array(width * 2).fill(toLight(100 / 255));
    return { width, height: 2, samples, photometric: GREY };
  }

  it("is the first, with a note, where a larger one follows", async () => {
    const { width, notes } = await decodePicture(tiffBytes([plain(2, 9), plain(4, 100)]), "pages.tif");
    expect(width).toBe(2);
    expect(notes).toEqual(['"pages.tif" holds 2 pictures; the first is taken, though another is larger.']);
  });

  it("is found in no time where the pages go round in circles", async () => {
    const bytes = tiffBytes([thumbnail]);
    const view = new DataView(bytes.buffer);
    const first = view.getUint32(4, true);
    view.setUint32(first + 2 + 12 * view.getUint16(first, true), first, true);
    await expect(decodePicture(bytes, "round.tif")).resolves.toMatchObject({ width: 1 });
  });
});

describe("a TIFF that is not read", () => {
  const compressed = (method: number) => ({ tags: { 259: [method] } });

  it.each([
    ["Zstandard", Uint8Array.of(1, 2, 3, 4, 5, 6), RGB, compressed(50_000), /compressed with Zstandard/],
    ["LZMA", Uint8Array.of(1, 2, 3, 4, 5, 6), RGB, compressed(34_925), /compressed with LZMA/],
    ["any other method", Uint8Array.of(1, 2, 3, 4, 5, 6), RGB, compressed(12_345), /with method 12345/],
    ["64 bits", Float64Array.of(1, 2, 3, 4, 5, 6), RGB, {}, /floating point, 64 bits/],
    ["a camera's raw data", Uint16Array.of(1, 2), 32_803, {}, /camera's raw data/],
    ["a mask", Uint8Array.of(1, 0), 4, {}, /colours of kind 4/],
    ["YCbCr but in a JPEG", Uint8Array.of(76, 85, 255, 76, 85, 255), YCBCR, {}, /YCbCr that is not JPEG/],
    ["CMYK in floating point", Float32Array.of(0, 0, 0, 0, 1, 1, 1, 1), CMYK, {}, /floating point, 32 bits/],
  ])("says of what kind it is: %s", async (_, samples, photometric, more, reason) => {
    const refused = decode(samples, photometric, more);
    await expect(refused).rejects.toThrow(/^"made\.tif" .* this kind of TIFF is not read \(.*\); save it/);
    await expect(refused).rejects.toThrow(reason);
  });

  it("is not one of YCbCr in a JPEG", async () => {
    const create = { width: 16, height: 16, channels: 3, background: { r: 208, g: 30, b: 30 } } as const;
    const tiff = await sharp({ create }).tiff({ compression: "jpeg", quality: 80 }).toBuffer();
    const [page] = tiffPages(tiff);
    expect(page).toMatchObject({ photometric: YCBCR, compression: 7 });
    const { rgb } = await decodePicture(tiff, "made.tif");
    for (const [i, level] of [208, 30, 30].entries()) {
      expect(Math.abs(rgb[256 * i] * 255 - level)).toBeLessThan(4);
    }
  });

  it("is refused or read, and no surprise, whatever bytes are changed", async () => {
    const samples = Float32Array.from({ length: 4 * 16 }, (_, i) => i / 64);
    const page = { width: 4, height: 4, samples, photometric: RGB, extraSamples: [ASSOCIATED] };
    const whole = tiffBytes([{ ...page, icc: await profile("p3"), tags: { 254: [1] } }, page]);
    const change = fc.tuple(fc.nat({ max: whole.length - 1 }), fc.nat({ max: 255 }));
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 8 }), async (changes) => {
        const bytes = whole.slice();
        for (const [at, value] of changes) bytes[at] = value;
        const found = await decodePicture(bytes, "made.tif", { memory: 1e8 }).catch(
          (error: unknown) => error,
        );
        if (found instanceof ImpastoError) return;
        expect(found).toHaveProperty("rgb");
      }),
    );
  });

  it("is no surprise where a tag that is to be changed has its values beyond the end", async () => {
    const samples = new Float32Array(12).fill(0.5);
    const bytes = tiffBytes([{ width: 2, height: 1, samples, photometric: RGB, extraSamples: [0, 0, 0] }]);
    // Tag 338, of the type SHORT, with three values elsewhere.
    const entry = Buffer.from(bytes).indexOf(Buffer.from([338 & 255, 338 >> 8, 3, 0, 3, 0, 0, 0]));
    expect(entry).toBeGreaterThan(0);
    new DataView(bytes.buffer).setUint32(entry + 8, bytes.length - 1, true);
    const found = await decodePicture(bytes, "made.tif").catch((error: unknown) => error);
    if (found instanceof Error) expect(found).toBeInstanceOf(ImpastoError);
    else expect(found).toHaveProperty("rgb");
  });

  it("is called damaged where it is", async () => {
    const bytes = tiffBytes([{ width: 2, height: 1, samples: Uint8Array.of(1, 2), photometric: GREY }]);
    await expect(decodePicture(bytes.subarray(0, 40), "cut.tif")).rejects.toThrow(/damaged or cut short/);
    const emptied = new Uint8Array(200);
    emptied.set([0x49, 0x49, 42, 0, 8]);
    for (const nothing of [emptied, Uint8Array.from({ ...emptied, length: 200, 4: 0 })]) {
      await expect(decodePicture(nothing, "empty.tif")).rejects.toThrow(/damaged or cut short.*[a-z]\)$/);
    }
    const oneChannel = { width: 2, height: 1, samples: Uint8Array.of(1, 2), photometric: YCBCR };
    const jpeg = tiffBytes([{ ...oneChannel, tags: { 259: [7] } }]);
    await expect(decodePicture(jpeg, "made.tif")).rejects.toThrow(/damaged or cut short/);
  });

  it("has its reason in brackets, with nothing hanging from it", () => {
    const cause = new Error("tiff2vips: feature not supported: \nmore");
    expect(explain(cause, "made.tif").message).toContain("(tiff2vips: feature not supported)");
  });
});
