import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MisuseError } from "../errors.ts";
import { checkHoldable, sizeWithinLongestSide, sizeWithLongestSide } from "./size.ts";

const side = fc.integer({ min: 1, max: 20_000 });
const longest = fc.integer({ min: 16, max: 65_536 });

describe("sizeWithLongestSide", () => {
  it.each([
    [4000, 3000, 512, 512, 384],
    [451, 300, 451, 451, 300],
    [100, 200, 512, 256, 512],
    [3, 20_000, 512, 16, 512],
    [1, 1, 16, 16, 16],
  ])("takes %i×%i at %i to %i×%i", (width, height, size, newWidth, newHeight) => {
    expect(sizeWithLongestSide(width, height, size)).toEqual({ width: newWidth, height: newHeight });
  });

  it("makes the longest side exactly what was asked for, and none shorter than 16", () => {
    fc.assert(
      fc.property(side, side, longest, (width, height, size) => {
        const result = sizeWithLongestSide(width, height, size);
        expect(Math.max(result.width, result.height)).toBe(size);
        expect(Math.min(result.width, result.height)).toBeGreaterThanOrEqual(16);
      }),
    );
  });

  it("leaves a picture alone whose longest side is already right", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 16, max: 20_000 }),
        fc.integer({ min: 16, max: 20_000 }),
        (width, height) => {
          expect(sizeWithLongestSide(width, height, Math.max(width, height))).toEqual({ width, height });
        },
      ),
    );
  });

  it.each([0, 15, 65_537, 12.5, Number.NaN, Number.POSITIVE_INFINITY])("refuses %d and says so", (size) => {
    expect(() => sizeWithLongestSide(10, 10, size)).toThrow(MisuseError);
    expect(() => sizeWithLongestSide(10, 10, size)).toThrow(`received ${size}`);
  });
});

describe("sizeWithinLongestSide", () => {
  it.each([
    [4000, 3000, 512, 512, 384],
    [300, 200, 512, 300, 200],
    [512, 512, 512, 512, 512],
    [5, 9, 512, 16, 16],
  ])("takes %i×%i within %i to %i×%i", (width, height, size, newWidth, newHeight) => {
    expect(sizeWithinLongestSide(width, height, size)).toEqual({ width: newWidth, height: newHeight });
  });
});

describe("checkHoldable", () => {
  it("takes a gigapixel and refuses more", () => {
    checkHoldable({ width: 31_622, height: 31_622 });
    expect(() => checkHoldable({ width: 65_536, height: 49_152 })).toThrow(
      /^A picture of 65536×49152 has more than the 1000 megapixels/,
    );
  });
});
