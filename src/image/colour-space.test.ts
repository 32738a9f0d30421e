import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { convertColours, curvedSpace, D65, spaceOf, srgbToLinear } from "./colour-space.ts";
import type { Matrix } from "./matrix.ts";

const P3 = { red: [0.68, 0.32], green: [0.265, 0.69], blue: [0.15, 0.06], white: D65 } as const;
const BT2020 = { red: [0.708, 0.292], green: [0.17, 0.797], blue: [0.131, 0.046], white: D65 } as const;

/** ROMM RGB, ISO 22028-2, whose white is not sRGB's. */
const PROPHOTO = {
  red: [0.734699, 0.265301],
  green: [0.159597, 0.840403],
  blue: [0.036598, 0.000105],
  white: [0.345704, 0.35854],
} as const;

function expectNear(matrix: Matrix, wanted: Matrix): void {
  for (const [i, value] of matrix.flat().entries()) expect(value).toBeCloseTo(wanted.flat()[i], 3);
}

describe("spaceOf", () => {
  it("has the matrices that CSS Color 4 has", () => {
    expectNear(spaceOf(P3, srgbToLinear).matrix, [
      [1.2249402, -0.2249402, 0],
      [-0.042057, 1.042057, 0],
      [-0.0196376, -0.078636, 1.0982736],
    ]);
    expectNear(spaceOf(BT2020, srgbToLinear).matrix, [
      [1.660491, -0.5876411, -0.0728499],
      [-0.1245505, 1.1328999, -0.0083494],
      [-0.0181508, -0.1005789, 1.1187297],
    ]);
  });

  it("keeps white white, by Bradford where the white is another", () => {
    expectNear(spaceOf(PROPHOTO, srgbToLinear).matrix, [
      [2.034367, -0.727635, -0.306732],
      [-0.228827, 1.231753, -0.002926],
      [-0.008556, -0.153271, 1.161827],
    ]);
    for (const row of spaceOf(PROPHOTO, srgbToLinear).matrix) {
      expect(row[0] + row[1] + row[2]).toBeCloseTo(1, 5);
    }
  });
});

/** Each has its own tables to make. */
const FEW = { numRuns: 10 };

const planes = (range: fc.Float32ArrayConstraints = {}) =>
  fc.float32Array({ ...range, minLength: 60, maxLength: 60 });

describe("convertColours", () => {
  it("leaves sRGB as it is", () => {
    fc.assert(
      fc.property(planes({ min: 0, max: 1, noNaN: true }), (rgb) => {
        const converted = rgb.slice();
        convertColours(converted, curvedSpace(srgbToLinear));
        expect(Math.max(...converted.map((value, i) => Math.abs(value - rgb[i])))).toBeLessThan(1e-5);
      }),
      FEW,
    );
  });

  it("encodes light by sRGB's curve, to more than sixteen bits", () => {
    const light = Float32Array.of(0, 0.001, 0.0031308, 0.01, 0.18, 0.999);
    const rgb = light.slice();
    convertColours(
      rgb,
      curvedSpace((x) => x),
    );
    for (const [i, value] of rgb.entries()) expect(srgbToLinear(value)).toBeCloseTo(light[i], 6);
  });

  it("gives numbers in [0, 1] for any floats, and black for what is no number", () => {
    fc.assert(
      fc.property(planes(), (rgb) => {
        convertColours(rgb, spaceOf(P3, srgbToLinear));
        expect(rgb.every((value) => value >= 0 && value <= 1)).toBe(true);
      }),
      FEW,
    );
    const none = new Float32Array(3).fill(Number.NaN);
    convertColours(none, curvedSpace(srgbToLinear));
    expect(none).toEqual(new Float32Array(3));
  });
});
