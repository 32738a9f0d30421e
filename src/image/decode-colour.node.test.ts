/** What files say of their colours in other ways than by profiles, in small files made here. */
import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { uint32s, withChunk } from "../../test/png-chunk.ts";
import { decodePicture } from "./decode.node.ts";

type Colour = readonly [red: number, green: number, blue: number];

const STORED: Colour = [208, 30, 30];

/** The same as Display P3 shows it, to a tenth of a level. */
const AS_P3: Colour = [227.2, 0, 2.8];

const square = (colour: Colour = STORED) => {
  const [r, g, b] = colour;
  return sharp({ create: { width: 16, height: 16, channels: 3, background: { r, g, b } } });
};

/** Expects the first pixel, in levels of 255. */
async function expectColour(bytes: Uint8Array, [red, green, blue]: Colour, within = 0.1): Promise<void> {
  const { rgb } = await decodePicture(bytes, "picture");
  const size = rgb.length / 3;
  for (const [channel, level] of [red, green, blue].entries()) {
    expect(Math.abs(rgb[channel * size] * 255 - level), `channel ${channel}`).toBeLessThan(within);
  }
}

/** 10⁻⁵ of the values of `cHRM`: white, red, green, blue. */
const chromaticities = (...values: number[]) => uint32s(...values.map((value) => Math.round(value * 1e5)));
const P3_CHRM = chromaticities(0.3127, 0.329, 0.68, 0.32, 0.265, 0.69, 0.15, 0.06);
const SRGB_CHRM = chromaticities(0.3127, 0.329, 0.64, 0.33, 0.3, 0.6, 0.15, 0.06);
const gamma = (value: number) => uint32s(Math.round(value * 1e5));
const cicp = (primaries: number, transfer: number) => Uint8Array.of(primaries, transfer, 0, 1);

describe("the colours of a PNG", () => {
  it.each([
    ["of linear light", [["gAMA", gamma(1)]], [233.1, 96.3, 96.3]],
    ["of gamma 1/2.2, which stands for sRGB's curve", [["gAMA", gamma(0.45455)]], STORED],
    ["of a gamma that makes no sense", [["gAMA", gamma(0)]], STORED],
    ["with the primaries of P3", [["cHRM", P3_CHRM]], AS_P3],
    ["with sRGB's primaries", [["cHRM", SRGB_CHRM]], STORED],
    ["with primaries that are none", [["cHRM", chromaticities(0, 0, 0, 0, 0, 0, 0, 0)]], STORED],
    ["of P3 and its curve in code points", [["cICP", cicp(12, 13)]], AS_P3],
    ["of linear light in code points", [["cICP", cicp(1, 8)]], [233.1, 96.3, 96.3]],
    [
      "of sRGB in code points, whatever stands below them",
      [
        ["gAMA", gamma(1)],
        ["cICP", cicp(1, 13)],
      ],
      STORED,
    ],
    [
      "of sRGB, whatever its gamma",
      [
        ["gAMA", gamma(1)],
        ["sRGB", Uint8Array.of(0)],
      ],
      STORED,
    ],
    ["with code points that say nothing", [["cICP", cicp(2, 2)]], STORED],
    ["with code points of video's range", [["cICP", Uint8Array.of(12, 13, 0, 0)]], STORED],
    [
      "with chunks of the wrong length",
      [
        ["cICP", Uint8Array.of(12)],
        ["gAMA", Uint8Array.of(1)],
      ],
      STORED,
    ],
  ] as const)("%s", async (_, chunks, colour) => {
    const plain: Uint8Array = await square().png().toBuffer();
    const png = chunks.reduce((file, [type, data]) => withChunk(file, type, data), plain);
    await expectColour(png, colour);
  });

  it("are those of its code points before those of its profile", async () => {
    const png = await square().withIccProfile("p3", { attach: true }).png().toBuffer();
    const stored = (await sharp(png, { ignoreIcc: true }).raw().toBuffer()).subarray(0, 3);
    await expectColour(withChunk(png, "cICP", cicp(1, 13)), [stored[0], stored[1], stored[2]]);
    await expectColour(png, STORED, 1);
  });

  it("are converted with all the precision of sixteen bits", async () => {
    const data = Uint16Array.from({ length: 300 * 3 }, (_, i) => 30_000 + i);
    const raw = { width: 300, height: 1, channels: 3 } as const;
    const png = await sharp(data, { raw }).toColourspace("rgb16").png().toBuffer();
    const { rgb } = await decodePicture(withChunk(png, "gAMA", gamma(1)), "ramp.png");
    const expected = (i: number) => 1.055 * (data[3 * i] / 65_535) ** (1 / 2.4) - 0.055;
    for (let i = 0; i < 300; i++) expect(rgb[i]).toBeCloseTo(expected(i), 6);
  });

  it("of grey follow its gamma", async () => {
    const grey = await square([100, 100, 100]).toColourspace("b-w").png().toBuffer();
    await expectColour(withChunk(grey, "gAMA", gamma(1)), [168.1, 168.1, 168.1]);
  });

  it.each([
    ["PQ", 16, 0.58],
    ["HLG", 18, 0.75],
  ] as const)(
    "with the curve %s have paper white for white, and what is brighter too",
    async (_, transfer, white) => {
      const level = Math.round(white * 255);
      const paper = await square([level, level, level]).png().toBuffer();
      await expectColour(withChunk(paper, "cICP", cicp(9, transfer)), [255, 255, 255], 3);
      const bright = await square([255, 255, 255]).png().toBuffer();
      await expectColour(withChunk(bright, "cICP", cicp(9, transfer)), [255, 255, 255]);
    },
  );

  it.each([
    ["PQ", 16, 49.3],
    ["HLG", 18, 3.77],
  ] as const)(
    "with the curve %s are clipped, with a note, where they are brighter than white",
    async (_, transfer, highest) => {
      const bright = withChunk(await square([255, 0, 0]).png().toBuffer(), "cICP", cicp(9, transfer));
      const { notes } = await decodePicture(bright, "hdr.png");
      expect(notes).toEqual([`"hdr.png" has values up to ${highest}; those above 1 are shown as white.`]);
      const dark = withChunk(await square([100, 0, 0]).png().toBuffer(), "cICP", cicp(9, transfer));
      expect((await decodePicture(dark, "hdr.png")).notes).toBeUndefined();
    },
  );
});

describe("the colours of an AVIF", () => {
  const avif = async () => square().avif({ lossless: true, effort: 0 }).toBuffer();

  it("are those of its code points", async () => {
    const file = await avif();
    const at = file.indexOf("nclx");
    expect(at).toBeGreaterThan(0);
    await expectColour(file, STORED, 2);
    file.writeUInt16BE(12, at + 4);
    file.writeUInt16BE(13, at + 6);
    await expectColour(file, AS_P3, 4);
  });

  it("are sRGB where the boxes make no sense", async () => {
    for (const box of ["ipco", "ipma", "pitm"]) {
      const file = await avif();
      file.writeUInt16BE(12, file.indexOf("nclx") + 4);
      const at = file.indexOf(box);
      // A length that leads nowhere.
      const broken = Buffer.concat([file.subarray(0, at - 4), uint32s(0xffffffff), file.subarray(at)]);
      const picture = await decodePicture(broken, "broken.avif").catch((error: unknown) => error);
      expect(picture).toSatisfy((found) => found instanceof Error || "rgb" in Object(found));
    }
  });
});

describe("the colours of a camera's JPEG", () => {
  /** An EXIF block with a colour space and an index of interoperability, big-endian. */
  const exif = (colourSpace: number, index: string): Uint8Array =>
    Buffer.concat([
      Buffer.from("Exif\0\0MM\0*\0\0\0\x08", "latin1"),
      // At 8: one entry, the EXIF directory at 26. At 26: two entries, interoperability at 56.
      Buffer.from([0, 1, 0x87, 0x69, 0, 4, 0, 0, 0, 1, 0, 0, 0, 26, 0, 0, 0, 0]),
      Buffer.from([0, 2, 0xa0, 0x01, 0, 3, 0, 0, 0, 1, colourSpace >> 8, colourSpace & 255, 0, 0]),
      Buffer.from([0xa0, 0x05, 0, 4, 0, 0, 0, 1, 0, 0, 0, 56, 0, 0, 0, 0]),
      Buffer.from([0, 1, 0, 1, 0, 2, 0, 0, 0, 4, ...Buffer.from(index, "latin1"), 0, 0, 0, 0, 0]),
    ]);

  const withExif = async (block: Uint8Array): Promise<Uint8Array> => {
    const jpeg = await square().jpeg({ quality: 100, chromaSubsampling: "4:4:4" }).toBuffer();
    const head = Buffer.from([0xff, 0xe1, 0, block.length + 2]);
    return Buffer.concat([jpeg.subarray(0, 2), head, block, jpeg.subarray(2)]);
  };

  it("are Adobe RGB where it says so", async () => {
    await expectColour(await withExif(exif(0xffff, "R03")), [242.2, 23.8, 23.8], 2);
  });

  it.each([
    ["it says sRGB", exif(0xffff, "R98")],
    ["what it says contradicts itself", exif(1, "R03")],
    ["it is cut short", exif(0xffff, "R03").subarray(0, 60)],
    ["it leads nowhere", exif(0xffff, "R03").map((byte, i) => (i > 20 && i < 24 ? 255 : byte))],
    ["it is no EXIF", Buffer.from("Exif\0\0none at all of it")],
  ])("are sRGB where %s", async (_, block) => {
    await expectColour(await withExif(block), STORED, 2);
  });

  it("are those of its profile where it has one", async () => {
    const jpeg = await square().withIccProfile("srgb").jpeg({ quality: 100 }).toBuffer();
    const block = exif(0xffff, "R03");
    const head = Buffer.from([0xff, 0xe1, 0, block.length + 2]);
    await expectColour(Buffer.concat([jpeg.subarray(0, 2), head, block, jpeg.subarray(2)]), STORED, 2);
  });
});

describe("a GIF whose first picture is smaller than its canvas", () => {
  /** 4×3 pixels, in the middle of which 2×1 are red; with a comment before them, and perhaps a transparent colour. */
  const gif = (transparent: boolean): Uint8Array =>
    Buffer.concat([
      Buffer.from("GIF89a", "latin1"),
      Buffer.from([4, 0, 3, 0, 0x80, 0, 0, 255, 0, 0, 0, 0, 0]),
      Buffer.from([0x21, 0xfe, 2, 0x2c, 0x2c, 0]),
      Buffer.from([0x21, 0xf9, 4, transparent ? 1 : 0, 0, 0, 1, 0]),
      Buffer.from([0x2c, 1, 0, 1, 0, 2, 0, 1, 0, 0]),
      // Codes of 3 bits: clear, 0, 0, end.
      Buffer.from([2, 2, 0b00_000_100, 0b0_101_0, 0, 0x3b]),
    ]);

  it.each([false, true])("is transparent around it (with a transparent colour: %s)", async (transparent) => {
    const { rgb, alpha } = await decodePicture(gif(transparent), "small.gif");
    expect(alpha).toEqual(Float32Array.of(0, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0));
    expect(rgb.subarray(0, 12)).toEqual(alpha);
    expect(rgb.subarray(12)).toEqual(new Float32Array(24));
  });
});

describe("a JPEG without its end", () => {
  const noise = Uint8Array.from({ length: 96 * 80 * 3 }, (_, i) => (i * i * 31) % 251);
  const photo = () => sharp(noise, { raw: { width: 96, height: 80, channels: 3 } });

  it.each([
    ["baseline", { chromaSubsampling: "4:2:0" }],
    ["baseline, colours in full", { chromaSubsampling: "4:4:4" }],
    ["progressive", { progressive: true }],
  ] as const)("is read, with a note, where every pixel is there: %s", async (_, options) => {
    const whole = await photo().jpeg(options).toBuffer();
    const picture = await decodePicture(whole, "photo.jpg");
    expect(picture.notes).toBeUndefined();
    const { notes, ...rest } = await decodePicture(whole.subarray(0, -2), "photo.jpg");
    expect(rest).toEqual(picture);
    expect(notes).toEqual([expect.stringMatching(/^"photo\.jpg" breaks off .*\.$/)]);
    expect(await decodePicture(whole.subarray(0, -1), "photo.jpg")).toMatchObject({ notes });
  });

  it("is read where the last bytes of its last block are missing", async () => {
    const whole = await photo().jpeg({ chromaSubsampling: "4:2:0" }).toBuffer();
    const picture = await decodePicture(whole, "photo.jpg");
    const cut = await decodePicture(whole.subarray(0, -4), "photo.jpg");
    // The last block is 16 pixels wide and high.
    const isSame = (value: number, i: number) =>
      value === picture.rgb[i] || (i % 96 >= 80 - 1 && Math.floor(i / 96) % 80 >= 64 - 1);
    expect(cut.rgb.every(isSame)).toBe(true);
    expect(cut.notes).toHaveLength(1);
  });

  it("is refused where more is missing", async () => {
    const whole = await photo().jpeg({ chromaSubsampling: "4:2:0" }).toBuffer();
    for (const missing of [600, 1000, 3000]) {
      await expect(decodePicture(whole.subarray(0, -missing), "photo.jpg")).rejects.toThrow(
        /"photo\.jpg" is damaged or cut short/,
      );
    }
  });
});
