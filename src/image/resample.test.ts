import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MisuseError } from "../errors.ts";
import { resample } from "./resample.ts";

const side = fc.integer({ min: 1, max: 24 });
const value = fc.float({ min: -2, max: 2, noNaN: true });

/** Planes with their sizes: `[channels, height, width]`. */
const planes = fc
  .tuple(fc.integer({ min: 1, max: 3 }), side, side)
  .chain(([channels, height, width]) =>
    fc
      .array(value, { minLength: channels * height * width, maxLength: channels * height * width })
      .map((numbers) => ({ channels, height, width, data: Float32Array.from(numbers) })),
  );

describe("resample", () => {
  // Golden numbers: Pillow 12.3.0, Image.fromarray(row, mode "F").resize((n, 1), Image.BICUBIC).
  const row = Float32Array.of(0, 1, 0, 0.5, 0.25, 1, 0.75);
  const golden: [number, number[]][] = [
    [3, [0.42741936445236206, 0.34584859013557434, 0.7762096524238586]],
    [
      5,
      [0.3449023962020874, 0.4627329111099243, 0.30509355664253235, 0.5874741077423096, 0.8633405566215515],
    ],
    [
      10,
      [
        -0.06057007238268852, 0.5971819162368774, 0.85546875, 0.018531249836087227, 0.3207343816757202,
        0.4281406104564667, 0.26612499356269836, 0.859375, 0.9315316081047058, 0.7348574995994568,
      ],
    ],
  ];
  it.each(golden)(
    "agrees with Pillow's bicubic from 7 samples to %i, along rows and columns",
    (size, expected) => {
      const wide = resample(row, 1, 1, 7, 1, size);
      const high = resample(row, 1, 7, 1, size, 1);
      expect(high).toEqual(wide);
      for (const [i, number] of expected.entries()) expect(wide[i]).toBeCloseTo(number, 6);
    },
  );

  it("returns the very array when the size does not change", () => {
    expect(resample(row, 1, 1, 7, 1, 7)).toBe(row);
  });

  it("keeps a constant constant at every size", () => {
    fc.assert(
      fc.property(value, side, side, side, side, (constant, height, width, newHeight, newWidth) => {
        const data = new Float32Array(height * width).fill(constant);
        const result = resample(data, 1, height, width, newHeight, newWidth);
        expect(result).toHaveLength(newHeight * newWidth);
        for (const number of result) expect(Math.abs(number - constant)).toBeLessThan(1e-6);
      }),
    );
  });

  it("reduces by a whole factor with every window's mean near the whole mean", () => {
    fc.assert(
      fc.property(fc.array(value, { minLength: 64, maxLength: 64 }), (numbers) => {
        // A periodic pattern has the same mean wherever the kernel lies, the rims apart.
        const data = Float32Array.from({ length: 512 }, (_, i) => numbers[i % 4] ?? 0);
        const reduced = resample(data, 1, 1, 512, 1, 64).slice(4, -4);
        const mean = (values: Float32Array): number => values.reduce((a, b) => a + b, 0) / values.length;
        expect(mean(reduced)).toBeCloseTo(mean(data), 1);
      }),
    );
  });

  it("treats every channel as if it were alone", () => {
    fc.assert(
      fc.property(planes, side, side, ({ channels, height, width, data }, newHeight, newWidth) => {
        const together = resample(data, channels, height, width, newHeight, newWidth);
        for (let channel = 0; channel < channels; channel++) {
          const alone = data.slice(channel * height * width, (channel + 1) * height * width);
          expect(
            together.slice(channel * newHeight * newWidth, (channel + 1) * newHeight * newWidth),
          ).toEqual(resample(alone, 1, height, width, newHeight, newWidth).slice());
        }
      }),
    );
  });

  it("is linear: the resampled sum is the sum of the resampled", () => {
    fc.assert(
      fc.property(planes, side, side, ({ channels, height, width, data }, newHeight, newWidth) => {
        const other = data.map((_, i) => Math.sin(i));
        const at = (values: Float32Array): Float32Array =>
          resample(values, channels, height, width, newHeight, newWidth);
        const [first, second, both] = [at(data), at(other), at(data.map((v, i) => v + (other[i] ?? 0)))];
        for (const [i, sum] of both.entries()) {
          expect(Math.abs(sum - (first[i] ?? 0) - (second[i] ?? 0))).toBeLessThan(1e-5);
        }
      }),
    );
  });

  it("does not clamp: a step overshoots on both sides", () => {
    const larger = resample(Float32Array.of(0, 0, 0, 1, 1, 1), 1, 1, 6, 1, 24);
    expect(Math.min(...larger)).toBeLessThan(-0.01);
    expect(Math.max(...larger)).toBeGreaterThan(1.01);
  });

  it.each([
    ["a size of zero", () => resample(row, 1, 1, 7, 1, 0), "0"],
    ["half a pixel", () => resample(row, 1, 1, 7, 1, 2.5), "2.5"],
    ["data of another size", () => resample(row, 1, 2, 7, 1, 7), "received 7"],
  ])("refuses %s and says what it got", (_, attempt, said) => {
    expect(attempt).toThrow(MisuseError);
    expect(attempt).toThrow(said);
  });
});
