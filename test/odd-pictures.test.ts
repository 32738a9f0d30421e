/**
 * Odd picture files, made after public bug reports of other programs, and what each must become: as a table, through
 * the library, and a few of them through the command. Skipped by name where IMPASTO_FIXTURES is not set.
 * @module
 */
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { readPicture } from "../src/image/decode.node.ts";
import type { Picture } from "../src/image/picture.ts";
import { run } from "./cli-process.ts";

const folder = join(process.env.IMPASTO_FIXTURES ?? "", "pictures");
const isThere = process.env.IMPASTO_FIXTURES !== undefined && existsSync(folder);

/** Levels of 255 at places "x,y": three colours, and alpha where there is any. */
type Pixels = Readonly<Record<string, readonly number[]>>;

/** What a file must become. */
interface Expected {
  readonly pixels?: Pixels;
  /** It is the same as this file, upright by an EXIF orientation if need be, to so many levels at most. */
  readonly like?: readonly [file: string, within: number, orientation?: number];
  /** Opaque where this is absent. */
  readonly alpha?: (x: number, y: number) => number;
  readonly note?: RegExp;
}

/** What is lost between floats, in levels. */
const ROUNDING = 0.001;

/** By rows from 0 to 255. */
const byRows = (_: number, y: number): number => (255 * y) / 95;
/** By columns, in steps. */
const bySteps = (x: number): number => (x < 32 ? 255 : x < 96 ? 128 : 64);

const all = (files: string, expected: Expected): Readonly<Record<string, Expected>> =>
  Object.fromEntries(files.split(/\s+/).map((file) => [file, expected]));

const turned = (prefix: string, orientation: number, suffixes: string, like: string, within: number) =>
  all(
    suffixes
      .split(/\s+/)
      .map((suffix) => `${prefix}${orientation}${suffix}`)
      .join(" "),
    { like: [like, within, orientation] },
  );

/** What other files are compared with, by their pixels. */
const REFERENCES: Readonly<Record<string, Expected>> = {
  "pic.png": { pixels: { "0,0": [208, 30, 30], "3,48": [51, 35, 20], "32,0": [30, 208, 30] } },
  "base.png": { pixels: { "0,0": [255, 0, 0], "3,48": [0, 0, 0], "127,95": [240, 230, 140] } },
  "grey8.png": { pixels: { "0,0": [0, 0, 0], "3,48": [6, 6, 6], "127,95": [254, 254, 254] } },
  "isjpeg.png": { pixels: { "0,0": [208, 30, 30], "3,48": [48, 36, 24], "127,95": [221, 156, 90] } },
  "p38.png": { pixels: { "0,0": [227, 0, 3], "3,48": [54, 34, 17], "32,0": [0, 212, 0] } },
  "adobe8.png": { pixels: { "0,0": [242, 24, 24], "3,48": [53, 30, 11], "32,0": [0, 209, 0] } },
  "prophoto8.png": { pixels: { "0,0": [255, 0, 33], "3,48": [84, 41, 20], "32,0": [0, 237, 0] } },
  "20208.png": { pixels: { "0,0": [255, 49, 91], "3,48": [136, 101, 75], "32,0": [0, 244, 62] } },
  "cmyk8.tif": { pixels: { "0,0": [255, 255, 255], "3,48": [20, 5, 0], "32,0": [0, 153, 227] } },
  "grey8iccg3.png": { pixels: { "0,0": [0, 0, 0], "32,0": [34, 34, 34], "64,48": [100, 100, 100] } },
  "grey8iccg22.png": { pixels: { "3,48": [1, 1, 1], "32,0": [62, 62, 62], "64,48": [129, 129, 129] } },
  "f32.tif": { pixels: { "0,0": [233, 96, 96], "3,48": [124, 104, 79] } },
  "grey4.png": { pixels: { "0,0": [0, 0, 0], "32,0": [68, 68, 68], "64,48": [136, 136, 136] } },
  "grey2.png": { pixels: { "0,0": [0, 0, 0], "32,0": [85, 85, 85], "64,48": [170, 170, 170] } },
  "grey1.png": { pixels: { "0,0": [0, 0, 0], "32,0": [0, 0, 0], "64,48": [255, 255, 255] } },
};

const BREAKS_OFF = /breaks off before its end mark/;

const PICTURES: Readonly<Record<string, Expected>> = {
  ...REFERENCES,
  // Exactly what they were made from.
  ...all(
    `anim.apng.png anim.webp be.tif big.tif cmykprof_in_rgb.png cmykprof_in_rgb16.png greyprof_in_rgb.png i16.tif
    junkicc.png lzw.tif multipage.tif noiend.png p16.png pb.tif planar.tif srgb.webp srgb16.png srgb16.tif
    srgb16a.png srgb8.png srgb8a.png thumbfirst.tif tiled.tif trail.png truncicc16.tif u32.tif`,
    { like: ["pic.png", 0] },
  ),
  ...all("srgbf32.tif f16.tif lab16.tif", { like: ["pic.png", 0.1] }),
  ...all("alpha_unassoc.tif alpha_unspecified.tif extra2.tif", { like: ["pic.png", 0], alpha: bySteps }),
  ...all("f32a.tif", { like: ["pic.png", 0.1], alpha: bySteps }),
  ...all("alpha_assoc.tif", { like: ["pic.png", 2], alpha: bySteps }),
  ...all("extra0.tif", { like: ["pic.png", 0], alpha: byRows }),
  ...all("lab16a.tif", { like: ["pic.png", 0.1], alpha: byRows }),
  ...all("lab8.tif jpegt.tif", { like: ["pic.png", 3] }),
  ...all("orient0.jpg orient1.jpg orient9.jpg orient255.jpg truncicc.jpg", { like: ["pic.png", 2] }),
  // The nclx of p3nclx.avif says nothing, 2/2; one that says P3 is tested in decode-colour.node.test.ts.
  ...all("o6.avif p10.avif p12.avif p3nclx.avif plain.avif", { like: ["pic.png", 3] }),
  ...all("anim.gif cut.gif interlaced.png rgb_adobe.jpg h.exr", { like: ["base.png", 0] }),
  ...all("arith.jpg h.avif", { like: ["base.png", 1] }),
  ...all("extraneous.jpg jpegy.tif mpo.mpo prog_trailing.jpg samsung_sos.jpg ultrahdr.jpg", {
    like: ["isjpeg.png", 0],
  }),

  // JPEGs without an end.
  "noeoi.jpg": { like: ["isjpeg.png", 0], note: BREAKS_OFF },
  "cut4.jpg": { like: ["isjpeg.png", 5], note: BREAKS_OFF },

  // Profiles and what stands for them: the same with 8 bits, 16 and floating point.
  ...all("p3.webp p316.png p316.tif p316a.png p38a.png cicp_p3.png", { like: ["p38.png", 0.1] }),
  ...all("p3.avif", { like: ["p38.png", 3] }),
  ...all("adobe.webp adobe16.png adobe16.tif adobe16a.png adobe8a.png adobef32.tif", {
    like: ["adobe8.png", 0.1],
  }),
  ...all("dcf_adobe.jpg", { like: ["adobe8.png", 3] }),
  ...all("prophoto.webp prophoto16.png prophoto16.tif prophoto16a.png prophoto8a.png prophotof32.tif", {
    like: ["prophoto8.png", 0.1],
  }),
  ...all("2020.webp 202016.png 202016.tif 202016a.png 20208a.png 2020f32.tif", { like: ["20208.png", 0.1] }),
  ...all("gama1.png gama16.png", { like: ["f32.tif", 0.1] }),

  // Grey.
  ...all("rgbprof_in_grey.png rgbprof_in_grey16.png rgbprof_in_greyjpg.jpg f32grey.tif", {
    like: ["grey8.png", 0.01],
  }),
  "f32grey255.tif": { like: ["grey8.png", 0.01], note: /255 is taken for white/ },
  ...all("greyalpha8.png ga.avif", { like: ["grey8.png", 0], alpha: byRows }),
  // Their ramps go up to 255.
  ...all("greyalpha16op.png", { like: ["grey8.png", 1] }),
  ...all("greyalpha16.png", { like: ["grey8.png", 1], alpha: byRows }),
  ...all("grey16iccg22.png greyalpha16icc.png", { like: ["grey8iccg22.png", 1.1] }),
  ...all("grey16iccg3.png grey16iccg3.tif", { like: ["grey8iccg3.png", 1.4] }),
  ...all("greyjpgg3.jpg", { like: ["grey8iccg3.png", 0.01] }),
  ...all("grey8icclin.png greyalpha16icclin.png", {
    pixels: { "0,0": [0, 0, 0], "32,0": [137, 137, 137], "64,48": [188, 188, 188] },
  }),
  ...all("grey8_miniswhite.tif grey16_miniswhite.tif", {
    pixels: { "0,0": [255, 255, 255], "3,48": [249, 249, 249], "127,95": [1, 1, 1] },
  }),
  "bit1_minisblack.tif": { pixels: { "0,0": [0, 0, 0], "3,48": [255, 255, 255] } },
  "bit1_miniswhite.tif": { pixels: { "0,0": [255, 255, 255], "3,48": [0, 0, 0] } },
  "g4.tif": { pixels: { "0,0": [0, 0, 0], "127,95": [255, 255, 255] } },

  // One colour that is transparent.
  "grey1trns.png": { like: ["grey1.png", 0], alpha: (x) => (x < 64 ? 0 : 255) },
  "grey2trns.png": { like: ["grey2.png", 0], alpha: (x) => (x < 32 ? 0 : 255) },
  "grey4trns.png": { like: ["grey4.png", 0], alpha: (x) => (x < 8 ? 0 : 255) },
  ...all("rgb8trns.png rgb16trns.png", {
    pixels: { "0,0": [255, 0, 0, 0], "3,48": [0, 0, 0, 255], "32,0": [0, 255, 0, 255] },
  }),
  "rgba16.png": { like: ["base.png", 0], alpha: byRows },
  "pal8trns.png": {
    pixels: { "0,0": [255, 0, 0, 0], "32,0": [0, 255, 0, 128], "127,95": [255, 255, 255, 255] },
  },
  "logo.png": { pixels: { "0,0": [0, 0, 0, 0], "128,128": [221, 43, 43, 255] } },
  "gifoff.gif": { pixels: { "0,0": [0, 0, 0, 0], "31,24": [0, 0, 0, 0], "64,48": [255, 0, 0, 255] } },

  // CMYK.
  ...all("cmyk16.tif cmyk_adobe.jpg cmyk_noadobe_inv.jpg cmyk_pil.jpg", { like: ["cmyk8.tif", 0] }),
  "cmyka8.tif": { like: ["cmyk8.tif", 0], alpha: byRows },
  ...all("cmyk_noadobe.jpg cmyk_adobe_notinv.jpg", {
    pixels: { "0,0": [0, 0, 0], "127,95": [255, 255, 255] },
  }),

  // Floating point that is not what it should be.
  "f32_255.tif": { pixels: { "0,0": [255, 255, 255] }, note: /those above 1 are shown as white/ },
  "f32nan.tif": { pixels: { "0,0": [0, 0, 0], "3,48": [51, 35, 20] } },

  // Upright.
  ...turned("orient", 3, ".png .tif .webp _16.tif", "pic.png", 0.001),
  ...turned("orient", 6, ".png .tif .webp _16.tif", "pic.png", 0.001),
  ...turned("orient", 7, ".png .tif .webp _16.tif", "pic.png", 0.001),
  ...turned("orient", 3, "_p3_16.tif", "adobe8.png", 0.1),
  ...turned("orient", 6, "_p3_16.tif", "adobe8.png", 0.1),
  ...turned("orient", 7, "_p3_16.tif", "adobe8.png", 0.1),
  ...Object.assign({}, ...[2, 3, 4, 5, 6, 7, 8].map((n) => turned("orient", n, ".jpg", "pic.png", 2))),

  // Lossy, or of few colours.
  "pal.tif": { like: ["pic.png", 11] },
  "webpt.tif": { like: ["isjpeg.png", 9] },
  "weboff0.png": { pixels: { "0,0": [255, 0, 0], "63,47": [255, 0, 0] } },
  ...all("f1.webp weboff.webp", { like: ["weboff0.png", 4] }),

  // Plain.
  "cat256.png": { pixels: { "0,0": [144, 121, 105], "255,169": [164, 140, 130] } },
  "cat128.png": { pixels: { "0,0": [145, 122, 107], "127,84": [168, 143, 135] } },
  "catgrey.png": { pixels: { "0,0": [127, 127, 127], "127,84": [150, 150, 150] } },
  "dark.png": { pixels: { "0,0": [11, 9, 8], "255,169": [13, 11, 10] } },
  "starry128.png": { pixels: { "0,0": [25, 42, 66], "127,101": [58, 93, 93] } },
  "starrygrey.png": { pixels: { "0,0": [40, 40, 40], "127,101": [83, 83, 83] } },
  "paint.png": { pixels: { "0,0": [255, 251, 0], "95,95": [124, 149, 170] } },
  "line.png": { pixels: { "0,0": [255, 255, 255], "128,96": [3, 3, 3] } },
  "pixel.png": { pixels: { "0,0": [80, 110, 220], "255,191": [240, 220, 90] } },
  "sky.png": { pixels: { "0,0": [100, 150, 215], "255,191": [220, 240, 245] } },
  "text.png": { pixels: { "0,0": [255, 255, 255], "255,191": [255, 255, 255] } },
  "whitebg.png": { pixels: { "0,0": [255, 255, 255], "128,85": [188, 146, 120] } },
  "logo_white.png": { pixels: { "0,0": [255, 255, 255], "128,128": [221, 43, 43] } },
  "pano.png": { pixels: { "0,0": [120, 120, 120], "19999,199": [120, 120, 120] } },
  "pano10.png": { pixels: { "0,0": [149, 126, 112], "599,59": [170, 147, 139] } },
  "flat_black.png": { pixels: { "0,0": [0, 0, 0], "63,63": [0, 0, 0] } },
  "flat_grey.png": { pixels: { "0,0": [128, 128, 128], "63,63": [128, 128, 128] } },
  "flat_red.png": { pixels: { "0,0": [200, 30, 60], "63,63": [200, 30, 60] } },
  "flat_white.png": { pixels: { "0,0": [255, 255, 255], "63,63": [255, 255, 255] } },
  ...all("s1x1.png s3x2.png s16x16.png s17x31.png s1x200.png s200x1.png s2000x7.png", {
    pixels: { "0,0": [94, 129, 193] },
  }),
};

const NO_PICTURE = /is not a picture that impasto reads; give it a PNG, JPEG, WebP, AVIF, TIFF or GIF$/;
const DAMAGED = /is damaged or cut short; fetch or save it again/;
const NOT_READ = (reason: string) =>
  new RegExp(`this kind of TIFF is not read \\(${reason}\\); save it as PNG`);

const REFUSED: readonly (readonly [file: string, says: RegExp])[] = [
  ...[
    "h.bmp",
    "h.html",
    "h.ico",
    "h.jp2",
    "h.jxl",
    "h.ppm",
    "h.psd",
    "h.svg",
    "h.tga",
    "h.txt",
    "leading.jpg",
  ].map((file) => [file, NO_PICTURE] as const),
  ...["badcrc.png", "cut.png", "cut.tif", "cut.webp", "cut50.jpg"].map((file) => [file, DAMAGED] as const),
  ["h.heic", /is a HEIC picture, which impasto does not read/],
  ["h.pdf", /is empty/],
  ["f64.tif", NOT_READ("floating point, 64 bits")],
  ["zstd.tif", NOT_READ("compressed with Zstandard")],
  ["lzma.tif", NOT_READ("compressed with LZMA")],
];

/** Where a pixel of a picture shown by an EXIF orientation lies in the stored one. */
function storedAt(x: number, y: number, { width, height }: Picture, orientation: number): [number, number] {
  const [right, bottom] = [width - 1 - x, height - 1 - y];
  switch (orientation) {
    case 2:
      return [right, y];
    case 3:
      return [right, bottom];
    case 4:
      return [x, bottom];
    case 5:
      return [y, x];
    case 6:
      return [y, right];
    case 7:
      return [bottom, right];
    case 8:
      return [bottom, x];
    default:
      return [x, y];
  }
}

const levelAt = ({ width, height, rgb }: Picture, channel: number, x: number, y: number): number =>
  255 * rgb[(channel * height + y) * width + x];

/** The greatest difference in levels, over all pixels that can be seen and are numbers. */
function largestDifference(picture: Picture, reference: Picture, orientation: number): number {
  const { width, height } = picture;
  let largest = 0;
  for (let channel = 0; channel < 3; channel++) {
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const wanted = levelAt(reference, channel, ...storedAt(x, y, picture, orientation));
        largest = Math.max(largest, Math.abs(levelAt(picture, channel, x, y) - wanted));
      }
    }
  }
  return largest;
}

describe.skipIf(!isThere)("odd pictures (needs IMPASTO_FIXTURES)", () => {
  const read = (file: string): Promise<Picture> => readPicture(join(folder, file));

  it.each(Object.entries(PICTURES))("%s becomes what it should", async (file, expected) => {
    const picture = await read(file);
    const { width, alpha, notes = [] } = picture;
    for (const [place, levels] of Object.entries(expected.pixels ?? {})) {
      const [x = 0, y = 0] = place.split(",").map(Number);
      const found = [0, 1, 2].map((channel) => levelAt(picture, channel, x, y));
      if (levels.length > 3) found.push(255 * (alpha?.[y * width + x] ?? 1));
      for (const [i, level] of levels.entries()) {
        expect(Math.abs(found[i] - level), `${place}: ${found}`).toBeLessThan(0.8);
      }
    }
    if (expected.like !== undefined) {
      const [reference, within, orientation = 1] = expected.like;
      expect(largestDifference(picture, await read(reference), orientation)).toBeLessThan(within + ROUNDING);
    }
    const hasAlpha =
      expected.alpha !== undefined || Object.values(expected.pixels ?? {}).some((p) => p.length > 3);
    expect(alpha !== undefined).toBe(hasAlpha);
    const { alpha: alphaAt } = expected;
    if (alphaAt !== undefined) {
      const isRight = (value: number, i: number) =>
        Math.abs(255 * value - alphaAt(i % width, Math.floor(i / width))) < 1;
      expect(alpha?.every(isRight)).toBe(true);
    }
    expect(notes).toHaveLength(expected.note === undefined ? 0 : 1);
    if (expected.note !== undefined) expect(notes[0]).toMatch(expected.note);
  });

  it.each(REFUSED)("%s is refused for what it is", async (file, says) => {
    await expect(read(file)).rejects.toThrow(says);
  });
});

describe.skipIf(!isThere)("odd pictures through the command (needs IMPASTO_FIXTURES)", () => {
  const root = mkdtempSync(join(tmpdir(), "impasto-odd-"));
  afterAll(() => rmSync(root, { recursive: true, force: true }));

  /** Gives the photograph back, for nothing is asked of the painting. */
  const UNCHANGED = "--scales 1 --iterations 1 --style-weight 0 --smoothness-weight 0 --size 128".split(" ");
  const place = { cwd: root, env: { IMPASTO_WEIGHTS: undefined, IMPASTO_CACHE: join(root, "cache") } };
  const repaint = (file: string, output: string) =>
    run([join(folder, file), join(folder, "paint.png"), "-o", output, ...UNCHANGED], place);

  it.each([
    ["prophotof32.tif", "prophoto8.png"],
    ["lab16.tif", "pic.png"],
    ["thumbfirst.tif", "pic.png"],
    ["noeoi.jpg", "isjpeg.png"],
  ])("%s comes out as %s is", async (file, reference) => {
    const { code, stderr } = await repaint(file, `${file}.png`);
    expect(code).toBe(0);
    expect(stderr.includes("breaks off")).toBe(file === "noeoi.jpg");
    const [result, wanted] = [
      await readPicture(join(root, `${file}.png`)),
      await readPicture(join(folder, reference)),
    ];
    expect(largestDifference(result, wanted, 1)).toBeLessThanOrEqual(0.8);
    expect(result.alpha === undefined).toBe(wanted.alpha === undefined);
  });

  it("zstd.tif is refused in one sentence", async () => {
    const { code, stderr } = await repaint("zstd.tif", "zstd.png");
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: expect.stringMatching(/^impasto: "[^"]*zstd\.tif" .*this kind of TIFF is not read[^\n]*\.\n$/),
    });
  });
});
