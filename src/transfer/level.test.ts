import { describe, expect, it } from "vitest";
import { uniform } from "../../test/evaluate.ts";
import { level } from "./level.ts";

/** Σ ± values of one plane, + where a coordinate is even. */
const alternation = (plane: Float32Array, coordinate: (index: number) => number): number =>
  plane.reduce((sum, value, i) => sum + (coordinate(i) % 2 === 0 ? value : -value), 0) / plane.length;

describe("levelling", () => {
  it("leaves no difference between even and odd rows and columns, in any plane", () => {
    const [width, height] = [10, 8];
    const values = uniform([3, height, width], 1).map((value, i) => value + (Math.floor(i / width) % 2));
    level(values, { width, height });
    for (let plane = 0; plane < 3; plane++) {
      const part = values.subarray(plane * width * height, (plane + 1) * width * height);
      expect(alternation(part, (i) => Math.floor(i / width))).toBeCloseTo(0, 6);
      expect(alternation(part, (i) => i % width)).toBeCloseTo(0, 6);
    }
  });

  it("takes nothing else away", () => {
    const [width, height] = [6, 4];
    // A plane that falls to the right and downwards, but in pairs of rows and columns.
    const slope = Float32Array.from(
      { length: width * height },
      (_, i) => Math.floor((i % width) / 2) + 3 * Math.floor(Math.floor(i / width) / 2),
    );
    const values = slope.slice();
    level(values, { width, height });
    for (const [i, value] of values.entries()) expect(value).toBeCloseTo(slope[i], 6);
  });
});
