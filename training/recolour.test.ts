import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { randomFor } from "./random.ts";
import { recolour } from "./recolour.ts";

const PIXELS = 20;
const pictures = fc
  .array(fc.float({ min: 0, max: 1, noNaN: true }), { minLength: 3 * PIXELS, maxLength: 3 * PIXELS })
  .map((values) => Float32Array.from(values));

describe("recolour", () => {
  it("keeps colours within range, and does the same to every picture", () => {
    fc.assert(
      fc.property(pictures, fc.nat(1e6), (picture, seed) => {
        const [one, other] = [picture.slice(), picture.slice()];
        recolour([one, other], randomFor(seed, 0));
        expect(one.every((value) => value >= 0 && value <= 1)).toBe(true);
        expect(other).toEqual(one);
      }),
    );
  });

  it("keeps black black and white white, up to contrast, and the order of greys", () => {
    const greys = Float32Array.from({ length: 3 * PIXELS }, (_, index) => (index % PIXELS) / (PIXELS - 1));
    recolour([greys], randomFor(5, 0));
    for (let channel = 0; channel < 3; channel++) {
      const curve = greys.subarray(channel * PIXELS, (channel + 1) * PIXELS);
      expect(curve[0]).toBeLessThan(0.3);
      expect(curve[PIXELS - 1]).toBeGreaterThan(0.7);
      expect([...curve]).toEqual([...curve].sort((a, b) => a - b));
    }
  });

  it("turned by a third of a circle, and nothing else, permutes the channels", () => {
    // Powers of 2·½ − 1 = 0 leave saturation, contrast and curves as they are.
    const factors = { uniform: () => 0.5, below: () => 0, normal: () => 0 };
    const turn = (part: number, picture: readonly number[]) => {
      const colours = Float32Array.from(picture);
      let first = true;
      const uniform = () => {
        const value = first ? part : 0.5;
        first = false;
        return value;
      };
      recolour([colours], { ...factors, uniform });
      return [...colours];
    };
    const [red, green, blue] = [0.75, 0.5, 0.25];
    for (const [index, value] of turn(1 / 3, [red, green, blue]).entries())
      expect(value).toBeCloseTo([blue, red, green][index] ?? Number.NaN, 6);
    for (const [index, value] of turn(0, [red, green, blue]).entries())
      expect(value).toBeCloseTo([red, green, blue][index] ?? Number.NaN, 6);
  });

  it("turns red into every other hue, by one seed or another", () => {
    const strongest = new Set<number>();
    for (let seed = 0; seed < 40; seed++) {
      const red = Float32Array.of(0.7, 0.3, 0.3);
      recolour([red], randomFor(seed, 0));
      strongest.add(red.indexOf(Math.max(...red)));
    }
    expect([...strongest].sort()).toEqual([0, 1, 2]);
  });
});
