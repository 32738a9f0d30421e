import { describe, expect, it } from "vitest";
import { evaluate, randomNumbers } from "../../../test/evaluate.ts";
import { expectGradientOfDifferences } from "../../../test/finite-differences.ts";
import { type Shape, ShapeError } from "../shape.ts";
import { input } from "../tensor.ts";
import { weightedMoments } from "./weighted-moments.ts";

const random = ([rows, columns]: Shape, seed: number): Float32Array => {
  const next = randomNumbers(seed);
  return Float32Array.from({ length: rows * columns }, next);
};

describe("weighted moments", () => {
  it("are the sums of w x xᵀ, w x and w, for one part below the other", async () => {
    const moments = weightedMoments(input("x", [1, 2]), input("weights", [2, 2]));
    const found = await evaluate(
      { moments },
      { x: Float32Array.of(3, 5), weights: Float32Array.of(1, 1, 2, 0) },
    );
    expect(moments.shape).toEqual([4, 2]);
    expect([...found.moments]).toEqual([34, 8, 8, 2, 18, 6, 6, 2]);
  });

  it("add up where weights do", async () => {
    const weights = random([2, 30], 2);
    const x = input("x", [3, 30]);
    const found = await evaluate(
      {
        parts: weightedMoments(x, input("apart", [2, 30])),
        both: weightedMoments(x, input("together", [1, 30])),
      },
      {
        x: random([3, 30], 1),
        apart: weights,
        together: weights.slice(0, 30).map((weight, i) => weight + weights[30 + i]),
      },
    );
    for (const [i, value] of found.both.entries()) {
      expect(value).toBeCloseTo(found.parts[i] + found.parts[16 + i], 4);
    }
  });

  it("have a gradient by x that agrees with differences", async () => {
    const x = input("x", [3, 7]);
    const weights = input("weights", [2, 7]);
    await expectGradientOfDifferences(
      weightedMoments(x, weights),
      { x: { tensor: x, values: random([3, 7], 3) } },
      { weights: { tensor: weights, values: random([2, 7], 4) } },
    );
  });

  it("are of a matrix and of weights for each of its columns", () => {
    expect(() => weightedMoments(input("x", [3, 7]), input("weights", [2, 6]))).toThrow(ShapeError);
  });
});
