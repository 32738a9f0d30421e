import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ImpastoError } from "../errors.ts";
import { MAX_PIXELS, MAX_REDUCIBLE_PIXELS, type PictureHeader, readingSize } from "./reading.ts";
import { type Size, sizeWithinLongestSide, sizeWithLongestSide } from "./size.ts";

const header = (width: number, height: number, more: Partial<PictureHeader> = {}): PictureHeader => ({
  width,
  height,
  fileBytes: 0,
  decoderBytes: 0,
  pixelBytes: 15,
  ...more,
});

const within = (longest: number) => (own: Size) => sizeWithinLongestSide(own.width, own.height, longest);

const sizeOf = (own: PictureHeader, longest?: number, memory?: number): Size =>
  readingSize(own, { neededSize: longest === undefined ? undefined : within(longest), memory }, "photo.jpg");

describe("readingSize", () => {
  it("reads ordinary pictures whole, however small they are needed", () => {
    expect(sizeOf(header(8000, 6000), 512)).toEqual({ width: 8000, height: 6000 });
    expect(sizeOf(header(8000, 6000), 512, 4e9)).toEqual({ width: 8000, height: 6000 });
    expect(sizeOf(header(8000, 6000))).toEqual({ width: 8000, height: 6000 });
  });

  it("reduces what is too large to twice the size that is needed", () => {
    expect(sizeOf(header(12_000, 9000), 512)).toEqual({ width: 1024, height: 768 });
    expect(sizeOf(header(9000, 12_000), 512)).toEqual({ width: 768, height: 1024 });
  });

  it("reads more than its limit where more is needed", () => {
    expect(sizeOf(header(12_000, 9000), 12_000)).toEqual({ width: 12_000, height: 9000 });
    expect(sizeOf(header(12_000, 9000), 12_000, 10e9)).toEqual({ width: 12_000, height: 9000 });
  });

  it("reduces what takes more than a quarter of the memory, to what is needed at the least", () => {
    // 25 megapixels take 375 MB.
    expect(sizeOf(header(5000, 5000), 512, 1.6e9)).toEqual({ width: 5000, height: 5000 });
    expect(sizeOf(header(5000, 5000), 512, 1.4e9)).toEqual({ width: 1024, height: 1024 });
    expect(sizeOf(header(5000, 5000), 512, 20e6)).toEqual({ width: 512, height: 512 });
  });

  it("counts what the decoder holds, and the file", () => {
    const slow = header(5000, 5000, { decoderBytes: 6 });
    expect(sizeOf(slow, 512, 1e9)).toEqual({ width: 1024, height: 1024 });
    expect(() => sizeOf(slow, 512, 150e6)).toThrow(
      /^"photo\.jpg" has 25 megapixels, which take about 154 MB of memory .* 150 MB are there; reduce it/,
    );
    expect(() => sizeOf(header(500, 500, { fileBytes: 2e8 }), 512, 1e8)).toThrow(/0\.25 megapixels/);
  });

  it("refuses what cannot be reduced and does not fit", () => {
    expect(() => sizeOf(header(5000, 5000), 5000, 3e8)).toThrow(ImpastoError);
    expect(() => sizeOf(header(5000, 5000), undefined, 3e8)).toThrow(/375 MB of memory/);
    expect(() => sizeOf(header(12_000, 9000))).toThrow(/limit of 100 megapixels/);
    expect(() => sizeOf(header(60_000, 60_000), 512)).toThrow(/limit of 1000 megapixels/);
  });

  it("keeps to the shape of the picture where that which is needed has another", () => {
    const size = readingSize(
      header(20_000, 10_000),
      { neededSize: () => ({ width: 500, height: 500 }) },
      "wide.png",
    );
    expect(size).toEqual({ width: 2000, height: 1000 });
  });

  it("gives no less than is needed and no more than there is, so that the same size is needed of it again", () => {
    const side = fc.integer({ min: 16, max: 30_000 });
    fc.assert(
      fc.property(side, side, fc.integer({ min: 16, max: 4096 }), (width, height, longest) => {
        fc.pre(width * height <= MAX_REDUCIBLE_PIXELS);
        const neededSize = (own: Size) => sizeWithLongestSide(own.width, own.height, longest);
        const needed = neededSize({ width, height });
        const size = readingSize(header(width, height), { neededSize, memory: 1e9 }, "any.png");
        expect(size.width).toBeLessThanOrEqual(width);
        expect(size.height).toBeLessThanOrEqual(height);
        expect(size.width).toBeGreaterThanOrEqual(Math.min(width, needed.width));
        expect(size.height).toBeGreaterThanOrEqual(Math.min(height, needed.height));
        if (width * height > MAX_PIXELS && longest < 1000) expect(size.width * size.height).toBeLessThan(8e6);
        if (Math.min(needed.width, needed.height) > 16) expect(neededSize(size)).toEqual(needed);
      }),
    );
  });
});
