import { execFileSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp, { type Sharp } from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ImpastoError, MisuseError } from "../errors.ts";
import { decodePicture, readPicture } from "./decode.node.ts";
import { checksumOfFile } from "./file.node.ts";
import { MAX_PIXELS } from "./reading.ts";

const WIDTH = 12;
const HEIGHT = 8;

/** Every channel of every pixel different from its neighbours. */
const bytes = Uint8Array.from({ length: WIDTH * HEIGHT * 3 }, (_, i) => (i * 89) % 256);

function photo(): Sharp {
  return sharp(bytes, { raw: { width: WIDTH, height: HEIGHT, channels: 3 } });
}

function planar(interleaved: Uint8Array | Uint16Array, channels: number, white: number): Float32Array {
  const size = interleaved.length / channels;
  return Float32Array.from(
    { length: 3 * size },
    (_, i) => (interleaved[(i % size) * channels + (channels < 3 ? 0 : Math.floor(i / size))] ?? 0) / white,
  );
}

function largestDifference(a: Float32Array, b: Float32Array): number {
  return a.reduce((largest, value, i) => Math.max(largest, Math.abs(value - (b[i] ?? 0))), 0);
}

async function decode(encoded: Sharp): ReturnType<typeof decodePicture> {
  return decodePicture(await encoded.toBuffer(), "photo");
}

describe("decodePicture", () => {
  const exact = planar(bytes, 3, 255);

  it.each([
    ["PNG", () => photo().png()],
    ["interlaced PNG", () => photo().png({ progressive: true })],
    ["TIFF", () => photo().tiff({ compression: "lzw" })],
    ["lossless WebP", () => photo().webp({ lossless: true })],
    ["PNG tagged sRGB", () => photo().withIccProfile("srgb").png()],
    ["PNG with an opaque alpha", () => photo().ensureAlpha().png()],
  ])("gives exactly byte / 255 from a %s", async (_, encode) => {
    expect(await decode(encode())).toEqual({ width: WIDTH, height: HEIGHT, rgb: exact });
  });

  it("gives exactly a JPEG's own values although it is tagged sRGB", async () => {
    const plain = await decode(photo().jpeg());
    expect(await decode(photo().withIccProfile("srgb").jpeg())).toEqual(plain);
  });

  it("reads AVIF", async () => {
    const { rgb } = await decode(photo().avif({ quality: 100, chromaSubsampling: "4:4:4" }));
    expect(largestDifference(rgb, exact)).toBeLessThan(0.1);
  });

  it("converts a profile with a wider gamut to sRGB", async () => {
    const square = { create: { width: 4, height: 4, channels: 3, background: "#c86432" } } as const;
    const tagged = await sharp(square).withIccProfile("p3").png().toBuffer();
    const stored = await sharp(tagged, { ignoreIcc: true }).raw().toBuffer();
    expect([...stored.subarray(0, 3)]).not.toEqual([200, 100, 50]);
    const { rgb } = await decodePicture(tagged, "p3.png");
    for (const [channel, value] of [200, 100, 50].entries()) {
      expect(Math.abs((rgb[16 * channel] ?? 0) * 255 - value)).toBeLessThan(1.5);
    }
  });

  it("converts a wider gamut with 16 bits too", async () => {
    // sharp takes 16-bit pixels without a profile for P3, so these are stored as they are.
    const stored = [0.8, 0.4, 0.2];
    const data = Uint16Array.from({ length: 3 * 16 }, (_, i) => (stored[i % 3] ?? 0) * 65_535);
    const raw = { width: 4, height: 4, channels: 3 } as const;
    const { rgb } = await decode(sharp(data, { raw }).toColourspace("rgb16").withIccProfile("p3").png());
    const [red = 0, green = 0, blue = 0] = stored.map((v) => ((v + 0.055) / 1.055) ** 2.4);
    // CSS Color 4, linear Display P3 to linear sRGB.
    const expected = [
      1.224940176 * red - 0.224940176 * green,
      -0.042056955 * red + 1.042056955 * green,
      -0.019637555 * red - 0.078636046 * green + 1.098273601 * blue,
    ].map((v) => 1.055 * v ** (1 / 2.4) - 0.055);
    for (const [channel, value] of expected.entries()) expect(rgb[16 * channel]).toBeCloseTo(value, 2);
  });

  it("keeps 16 bits of precision", async () => {
    const data = Uint16Array.from({ length: 300 * 3 }, (_, i) => 30_000 + i);
    const raw = { width: 300, height: 1, channels: 3 } as const;
    const { rgb } = await decode(sharp(data, { raw }).toColourspace("rgb16").png());
    expect(rgb).toEqual(planar(data, 3, 65_535));
  });

  it("keeps 16 bits of precision in grey TIFFs", async () => {
    const data = Uint16Array.from({ length: 300 }, (_, i) => 30_000 + i);
    const raw = { width: 300, height: 1, channels: 1 } as const;
    const { rgb } = await decode(sharp(data, { raw }).toColourspace("grey16").tiff({ compression: "none" }));
    expect(rgb).toEqual(planar(data, 1, 65_535));
  });

  it.each([10, 12] as const)("reads an AVIF of %i bits with white at 1 and opaque", async (bitdepth) => {
    const data = new Uint16Array(4 * 256).fill(65_535);
    const raw = { width: 16, height: 16, channels: 4 } as const;
    const picture = await decode(
      sharp(data, { raw }).toColourspace("rgb16").avif({ bitdepth, lossless: true }),
    );
    expect(picture).toEqual({ width: 16, height: 16, rgb: new Float32Array(768).fill(1) });
  });

  it("turns grey into three equal channels", async () => {
    const data = Uint8Array.of(0, 85, 170, 255);
    const raw = { width: 2, height: 2, channels: 1 } as const;
    const { rgb } = await decode(sharp(data, { raw }).toColourspace("b-w").png());
    expect(rgb).toEqual(planar(data, 1, 255));
  });

  it("keeps the alpha of grey with alpha", async () => {
    const data = Uint8Array.of(10, 255, 20, 51);
    const raw = { width: 2, height: 1, channels: 2 } as const;
    const picture = await decode(sharp(data, { raw }).toColourspace("b-w").png());
    expect(picture).toEqual({
      width: 2,
      height: 1,
      rgb: planar(data, 2, 255),
      alpha: Float32Array.of(1, 51 / 255),
    });
  });

  it("reads palettes and single bits", async () => {
    const data = Uint8Array.of(255, 0, 0, 0, 0, 255);
    const colours = sharp(data, { raw: { width: 2, height: 1, channels: 3 } });
    expect((await decode(colours.clone().png({ palette: true }))).rgb).toEqual(planar(data, 3, 255));
    const bits = Uint8Array.of(0, 255);
    const black = sharp(bits, { raw: { width: 2, height: 1, channels: 1 } }).toColourspace("b-w");
    const tiff = black.tiff({ bitdepth: 1, compression: "ccittfax4" });
    expect((await decode(tiff)).rgb).toEqual(planar(bits, 1, 255));
  });

  it.each([
    ["without a profile", () => photo().toColourspace("cmyk").jpeg({ quality: 100 })],
    ["with a profile", () => photo().withIccProfile("cmyk").jpeg({ quality: 100 })],
  ])("converts CMYK %s", async (_, encode) => {
    const white = { create: { width: 8, height: 8, channels: 3, background: "white" } } as const;
    const { rgb } = await decode(sharp(white).toColourspace("cmyk").jpeg());
    expect(largestDifference(rgb, new Float32Array(192).fill(1))).toBeLessThan(0.02);
    expect((await sharp(await encode().toBuffer()).metadata()).space).toBe("cmyk");
    expect(await decode(encode())).toMatchObject({ width: WIDTH, height: HEIGHT });
  });

  it("keeps a WebP's alpha", async () => {
    const data = Uint8Array.of(255, 0, 0, 128, 0, 255, 0, 255);
    const { alpha } = await decode(sharp(data, { raw: { width: 2, height: 1, channels: 4 } }).webp());
    expect(alpha).toEqual(Float32Array.of(128 / 255, 1));
  });

  it("takes the first frame of an animation", async () => {
    const frames = Uint8Array.from({ length: 2 * 4 * 3 }, (_, i) => (i < 12 ? 255 : 0));
    const raw = { width: 2, height: 4, channels: 3, pageHeight: 2 } as const;
    for (const encode of [
      (s: Sharp) => s.gif({ delay: [50, 50] }),
      (s: Sharp) => s.webp({ lossless: true }),
    ]) {
      const animation = await encode(sharp(frames, { raw })).toBuffer();
      expect((await sharp(animation).metadata()).pages).toBe(2);
      const picture = await decodePicture(animation, "animation");
      expect(picture).toEqual({ width: 2, height: 2, rgb: new Float32Array(12).fill(1) });
    }
  });

  it.each([1, 2, 3, 4, 5, 6, 7, 8])(
    "stands a photograph with EXIF orientation %i upright",
    async (orientation) => {
      const upright = Uint8Array.from({ length: 6 }, (_, i) => 40 * i);
      // Where each pixel of the stored picture is found in the upright one, 3 wide and 2 high.
      const stored = [
        [0, 1, 2, 3, 4, 5],
        [2, 1, 0, 5, 4, 3],
        [5, 4, 3, 2, 1, 0],
        [3, 4, 5, 0, 1, 2],
        [0, 3, 1, 4, 2, 5],
        [2, 5, 1, 4, 0, 3],
        [5, 2, 4, 1, 3, 0],
        [3, 0, 4, 1, 5, 2],
      ][orientation - 1];
      const data = Uint8Array.from(stored ?? [], (from) => upright[from] ?? 0);
      const [width, height] = orientation < 5 ? [3, 2] : [2, 3];
      const encoded = sharp(data, { raw: { width, height, channels: 1 } }).withMetadata({ orientation });
      for (const file of [encoded.clone().png(), encoded.clone().tiff({ compression: "none" })]) {
        expect(await decode(file)).toEqual({ width: 3, height: 2, rgb: planar(upright, 1, 255) });
      }
    },
  );

  it.each([
    [1, 1],
    [3, 20_000],
  ])("reads a picture of %i×%i", async (width, height) => {
    const create = { width, height, channels: 3, background: "white" } as const;
    const picture = await decode(sharp({ create }).png());
    expect(picture).toEqual({ width, height, rgb: new Float32Array(3 * width * height).fill(1) });
  });
});

describe("hostile and broken files", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "impasto-"));
  });
  afterAll(() => rm(folder, { recursive: true }));

  async function file(name: string, contents: Uint8Array | string): Promise<string> {
    const path = join(folder, name);
    await writeFile(path, contents);
    return path;
  }

  /** Expects one sentence that names the file. */
  async function expectRefusal(path: string, kind: typeof ImpastoError, said: RegExp): Promise<void> {
    const error: unknown = await readPicture(path).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(kind);
    if (!(error instanceof ImpastoError)) return;
    expect(error instanceof MisuseError).toBe(kind === MisuseError);
    expect(error.message).toMatch(said);
    expect(error.message).toContain(`"${path}"`);
    expect(error.message).not.toContain("\n");
  }

  it("refuses a file that is not there", () =>
    expectRefusal(join(folder, "none.png"), MisuseError, /^There is no file .*check the name/));

  it("refuses a path through a file", async () =>
    expectRefusal(join(await file("plain.png", "x"), "cat.png"), MisuseError, /^There is no file/));

  it("refuses a folder", () => expectRefusal(folder, MisuseError, /is a folder; name a file in it/));

  it("refuses a name no file can have", () =>
    expectRefusal(join(folder, "x".repeat(300)), MisuseError, /is not a name/));

  it.skipIf(process.platform === "win32")("reads a pipe to its end", async () => {
    const pipe = join(folder, "pipe.png");
    execFileSync("mkfifo", [pipe]);
    const [picture] = await Promise.all([readPicture(pipe), writeFile(pipe, await photo().png().toBuffer())]);
    expect(picture).toMatchObject({ width: WIDTH, height: HEIGHT });
  });

  it.skipIf(process.platform === "win32")("refuses a device without reading it", () =>
    expectRefusal("/dev/zero", MisuseError, /is neither a file nor a pipe/),
  );

  it("refuses a file that is larger than the memory there is", async () => {
    const path = await file("large.png", "x".repeat(2e6));
    await expect(readPicture(path, { memory: 1e6 })).rejects.toThrow(/larger than the 1 MB that may be read/);
  });

  it.skipIf(process.getuid?.() === 0)("refuses a file it may not read", async () => {
    const path = join(folder, "secret.png");
    await writeFile(path, "x", { mode: 0 });
    await expectRefusal(path, MisuseError, /may not be read/);
  });

  it("refuses an empty file", async () =>
    expectRefusal(await file("empty.png", ""), ImpastoError, /is empty/));

  it.each([
    ["text.jpg", "Dear diary"],
    ["drawing.svg", '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'],
    ["paper.pdf", "%PDF-1.4\n1 0 obj"],
    ["portable.ppm", "P6 1 1 255\nabc"],
    ["page.html", "<!doctype html><title>404</title>"],
  ])("refuses %s, which is none of its formats", async (name, contents) =>
    expectRefusal(await file(name, contents), ImpastoError, /give it a PNG, JPEG, WebP, AVIF, TIFF or GIF/),
  );

  const encoders: [string, (picture: Sharp) => Sharp][] = [
    ["png", (picture) => picture.png()],
    ["jpg", (picture) => picture.jpeg()],
    ["webp", (picture) => picture.webp()],
    ["avif", (picture) => picture.avif({ effort: 0 })],
    ["tiff", (picture) => picture.tiff({ compression: "lzw" })],
    ["gif", (picture) => picture.gif()],
  ];
  it.each(encoders)("refuses a truncated %s, however much of it there is", async (extension, encode) => {
    const noise = Uint8Array.from({ length: 64 * 64 * 3 }, (_, i) => (i * i * 31) % 251);
    const whole = await encode(sharp(noise, { raw: { width: 64, height: 64, channels: 3 } })).toBuffer();
    for (const part of [0.1, 0.5, 0.9]) {
      const cut = whole.subarray(0, Math.floor(whole.length * part));
      await expectRefusal(await file(`cut.${extension}`, cut), ImpastoError, /is damaged or cut short/);
    }
  });

  it("refuses a header that claims 60000×60000 pixels", async () => {
    const create = { width: 1, height: 1, channels: 3, background: "red" } as const;
    const png = await sharp({ create }).png().toBuffer();
    png.writeUInt32BE(60_000, 16);
    png.writeUInt32BE(60_000, 20);
    png.writeUInt32BE(0x0fb0e215, 29); // of this header
    await expectRefusal(await file("bomb.png", png), ImpastoError, /limit of 100 megapixels/);
    expect(MAX_PIXELS).toBe(100e6);
  });
});

describe("checksumOfFile", () => {
  it("is the SHA-256 of the bytes", async () => {
    const folder = await mkdtemp(join(tmpdir(), "impasto-"));
    const path = join(folder, "abc");
    await writeFile(path, "abc");
    // FIPS 180-2, appendix B.1.
    const expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    expect(await checksumOfFile(path)).toBe(expected);
    await expect(checksumOfFile(folder)).rejects.toThrow(MisuseError);
    await rm(folder, { recursive: true });
  });
});
