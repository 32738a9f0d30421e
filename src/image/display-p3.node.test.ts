/** Pictures in Display P3: written so that every program knows, read so that nothing is lost. */
import fc from "fast-check";
import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { profileBytes, table } from "../../test/icc-bytes.ts";
import { withChunk } from "../../test/png-chunk.ts";
import { tiffBytes } from "../../test/tiff-bytes.ts";
import { overMeanColour } from "./alpha.ts";
import { srgbToLinear } from "./colour-space.ts";
import { decodePicture } from "./decode.node.ts";
import { encodePicture } from "./encode.node.ts";
import type { PictureFormat } from "./format.ts";
import { readProfile } from "./icc.ts";
import { labToLinear } from "./lab.ts";
import type { Picture } from "./picture.ts";
import { pngChunks } from "./png-chunks.ts";

const P3 = { profile: "display-p3" } as const;
const FORMATS: readonly PictureFormat[] = ["png", "jpeg", "webp", "tiff"];

/** Pixels side by side. */
const row = (...pixels: readonly (readonly [number, number, number])[]): Picture => ({
  width: pixels.length,
  height: 1,
  rgb: Float32Array.from([0, 1, 2].flatMap((channel) => pixels.map((pixel) => pixel[channel] ?? 0))),
});

/** The colours of a cube's corners: all but black, white and blue lie outside of sRGB. */
const CORNERS: Picture = {
  ...row([1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 1, 0], [0, 1, 1], [1, 0, 1], [0, 0, 0], [1, 1, 1]),
  ...P3,
};

/** The same pixels many times, for formats that mix neighbours. */
const tiled = ({ width, rgb, ...rest }: Picture, times: number): Picture => {
  const size = width * times * times;
  return {
    ...rest,
    width: width * times,
    height: times,
    rgb: Float32Array.from({ length: 3 * size }, (_, i) => {
      const [channel, x] = [Math.floor(i / size), Math.floor((i % (width * times)) / times)];
      return rgb[channel * width + x] ?? 0;
    }),
  };
};

describe("a picture of Display P3", () => {
  it.each(["png", "tiff"] as const)("comes back from a %s bit by bit, at both depths", async (format) => {
    const values = fc.uint16Array({ minLength: 12, maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(values, fc.constantFrom(8, 16), fc.boolean(), async (stored, depth, opaque) => {
        const unit = (value: number) => (depth === 16 ? value / 65_535 : (value >> 8) / 255);
        const picture: Picture = {
          width: 3,
          height: 1,
          rgb: Float32Array.from(stored.subarray(0, 9), unit),
          ...(opaque ? {} : { alpha: Float32Array.from([0, ...stored.subarray(10)], unit) }),
          ...P3,
        };
        const file = await encodePicture(picture, format, { depth, recipe: "{}" });
        expect(await decodePicture(file, "picture", P3)).toEqual(picture);
      }),
      { numRuns: 20 },
    );
  });

  it.each(FORMATS)("says in a %s what its colours are, and keeps those that sRGB has not", async (format) => {
    const file = await encodePicture(tiled(CORNERS, 16), format);
    const { icc } = await sharp(file).metadata();
    expect(icc).toBeDefined();
    const profile = icc && readProfile(icc, 3);
    const [[first]] = typeof profile === "object" ? profile.matrix : [[]];
    expect(first).toBeCloseTo(1.225, 2);
    const wide = await decodePicture(file, "wide", P3);
    const narrow = await decodePicture(file, "narrow");
    const red = (picture: Picture) => [0, 1, 2].map((c) => picture.rgb[c * picture.width * 16 + 8] ?? 0);
    for (const [i, value] of [1, 0, 0].entries())
      expect(Math.abs((red(wide)[i] ?? 0) - value)).toBeLessThan(0.02);
    // As near as sRGB comes to it.
    for (const value of red(narrow).slice(1)) expect(value).toBe(0);
    expect({ wide: wide.profile, narrow: narrow.profile }).toEqual({ wide: "display-p3", narrow: undefined });
  });

  it("is converted by others as it should be: by libvips to sRGB", async () => {
    const muted = row([0.8, 0.3, 0.3], [0.3, 0.7, 0.4], [0.5, 0.5, 0.5]);
    const file = await encodePicture({ ...muted, ...P3 }, "tiff");
    const [theirs, ours] = [await sharp(file).raw().toBuffer(), await decodePicture(file, "muted")];
    for (let i = 0; i < 9; i++) {
      const own = (ours.rgb[(i % 3) * 3 + Math.floor(i / 3)] ?? 0) * 255;
      expect(Math.abs(own - (theirs[i] ?? 0))).toBeLessThan(1.1);
    }
  });

  it("has code points for programs that know them in a PNG, and a profile for the others", async () => {
    const types = [...pngChunks(await encodePicture(CORNERS, "png"))].map(({ type }) => type);
    expect(types.slice(0, 3)).toEqual(["IHDR", "cICP", "iCCP"]);
  });

  it("stays one where it is laid over its mean colour, or over white", async () => {
    const faded = { ...CORNERS, alpha: new Float32Array(8).fill(0.5) };
    expect(overMeanColour(faded).profile).toBe("display-p3");
    const { profile } = await decodePicture(await encodePicture(faded, "jpeg"), "faded", P3);
    expect(profile).toBe("display-p3");
    expect((await sharp(await encodePicture(faded, "jpeg")).metadata()).icc).toBeDefined();
  });
});

describe("reading in Display P3", () => {
  it("changes no colour of an sRGB file, but says it in other numbers", async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint16Array({ minLength: 12, maxLength: 12 }), async (stored) => {
        const rgb = Float32Array.from(stored, (value) => value / 65_535);
        const file = await encodePicture({ width: 4, height: 1, rgb }, "png", { depth: 16 });
        const wide = await decodePicture(file, "srgb.png", P3);
        const back = await decodePicture(await encodePicture(wide, "png", { depth: 16 }), "p3.png");
        for (const [i, value] of rgb.entries()) {
          // Half a level of 65,535 in P3 can be more in the dark of sRGB.
          expect(Math.abs(value - (back.rgb[i] ?? 0)) * 255).toBeLessThan(0.05);
        }
      }),
      { numRuns: 20 },
    );
    const red = await decodePicture(await encodePicture(row([1, 0, 0]), "png"), "red.png", P3);
    // CSS Color 4: color(display-p3 0.9175 0.2003 0.1386).
    for (const [i, value] of [0.9175, 0.2003, 0.1386].entries()) expect(red.rgb[i]).toBeCloseTo(value, 3);
  });

  it("leaves grey grey", async () => {
    const { rgb } = await decodePicture(await encodePicture(row([0.5, 0.5, 0.5]), "png"), "grey.png", P3);
    for (const value of rgb) expect(value).toBeCloseTo(128 / 255, 5);
  });

  it("keeps what Rec. 2020 and Adobe RGB have beyond sRGB, as far as P3 has it", async () => {
    // Light of P3's green in the primaries of Rec. 2020, by the matrix of CSS Color 4.
    const green = [0.1985, 0.941, 0.0175].map((light) => Math.round(encode(light) * 65_535));
    const raw = { width: 1, height: 1, channels: 3 } as const;
    const plain = await sharp(Uint16Array.from(green), { raw }).toColourspace("rgb16").png().toBuffer();
    const { rgb } = await decodePicture(withChunk(plain, "cICP", Uint8Array.of(9, 13, 0, 1)), "2020.png", P3);
    for (const [i, value] of [0, 1, 0].entries()) expect(Math.abs((rgb[i] ?? 0) - value)).toBeLessThan(0.03);
  });

  it("keeps what L*a*b* has beyond sRGB", () => {
    // P3's green under D50.
    const lab = [86.6, -106.6, 102.8] as const;
    expect(labToLinear()(lab)[0]).toBeLessThan(-0.2);
    for (const [i, light] of labToLinear("display-p3")(lab).entries()) {
      expect(Math.abs(light - (i === 1 ? 1 : 0))).toBeLessThan(0.01);
    }
  });

  it("says where it has to go through sRGB", async () => {
    const corners = Array.from({ length: 8 }, (_, i) => [i * 12, 0, 0] as const);
    const icc = profileBytes("RGB ", { A2B0: table(corners) }, "Lab ");
    const samples = Uint8Array.of(255, 255, 255, 0, 0, 0);
    const file = tiffBytes([{ width: 2, height: 1, samples, photometric: 2, icc }]);
    expect((await decodePicture(file, "made.tif")).notes).toBeUndefined();
    const { notes, profile } = await decodePicture(file, "made.tif", P3);
    expect(notes).toEqual([expect.stringMatching(/^"made\.tif" has colours that go by tables/)]);
    expect(profile).toBe("display-p3");
  });
});

/** The inverse of sRGB's curve, by halving. */
function encode(light: number): number {
  let [low, high] = [0, 1];
  for (let i = 0; i < 40; i++) {
    const middle = (low + high) / 2;
    if (srgbToLinear(middle) < light) low = middle;
    else high = middle;
  }
  return low;
}
