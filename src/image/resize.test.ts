import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Picture } from "./picture.ts";
import { resize } from "./resize.ts";

const unit = fc.float({ min: 0, max: 1, noNaN: true });
const side = fc.integer({ min: 1, max: 12 });

const pictures: fc.Arbitrary<Picture> = fc
  .tuple(side, side, fc.boolean())
  .chain(([width, height, opaque]) => {
    const plane = (channels: number): fc.Arbitrary<Float32Array> =>
      fc
        .array(unit, { minLength: channels * width * height, maxLength: channels * width * height })
        .map((numbers) => Float32Array.from(numbers));
    return fc
      .tuple(plane(3), plane(1))
      .map(([rgb, alpha]) => (opaque ? { width, height, rgb } : { width, height, rgb, alpha }));
  });

describe("resize", () => {
  it("returns a picture already at its size untouched", () => {
    fc.assert(
      fc.property(pictures, (picture) => {
        expect(resize(picture, picture.width, picture.height)).toBe(picture);
      }),
    );
  });

  it("gives planes of the new size with values in [0, 1], alpha kept if and only if there was one", () => {
    fc.assert(
      fc.property(pictures, side, side, (picture, width, height) => {
        const result = resize(picture, width, height);
        expect(result).toMatchObject({ width, height });
        expect(result.rgb).toHaveLength(3 * width * height);
        expect(result.alpha?.length).toBe(picture.alpha && width * height);
        for (const value of [...result.rgb, ...(result.alpha ?? [])]) {
          expect(value).toBeGreaterThanOrEqual(0);
          expect(value).toBeLessThanOrEqual(1);
        }
      }),
    );
  });

  it("gives the same colours to an opaque alpha as to none", () => {
    fc.assert(
      fc.property(pictures, side, side, ({ width, height, rgb }, newWidth, newHeight) => {
        const alpha = new Float32Array(width * height).fill(1);
        const plain = resize({ width, height, rgb }, newWidth, newHeight);
        const covered = resize({ width, height, rgb, alpha }, newWidth, newHeight);
        for (const [i, value] of plain.rgb.entries()) expect(covered.rgb[i]).toBeCloseTo(value, 5);
      }),
    );
  });

  it("does not let the colour of transparent pixels bleed into visible ones", () => {
    // Left half red and opaque, right half green and transparent.
    const rgb = Float32Array.of(1, 1, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0);
    const picture = { width: 4, height: 1, rgb, alpha: Float32Array.of(1, 1, 0, 0) };
    const small = resize(picture, 3, 1);
    for (const [i, opacity] of (small.alpha ?? []).entries()) {
      if (opacity > 0) expect([small.rgb[i], small.rgb[3 + i]]).toEqual([1, 0]);
    }
    expect(small.alpha?.[0]).toBeGreaterThan(0.9);
  });

  it.each([
    [1, 1, 16, 16],
    [3, 20_000, 16, 512],
    [20_000, 3, 512, 16],
  ])("takes a picture of %i×%i to %i×%i", (width, height, newWidth, newHeight) => {
    const picture = { width, height, rgb: new Float32Array(3 * width * height).fill(0.25) };
    const { rgb } = resize(picture, newWidth, newHeight);
    expect(rgb).toEqual(new Float32Array(3 * newWidth * newHeight).fill(0.25));
  });
});
