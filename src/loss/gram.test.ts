import { describe, expect, test } from "vitest";
import { evaluate, relativeError } from "../../test/evaluate.ts";
import { constant, type Tensor } from "../graph/tensor.ts";
import { gram } from "./gram.ts";

const gramOf = async (features: Tensor, channels: number): Promise<number[]> => [
  ...(await evaluate({ g: gram(features, channels) })).g,
];

describe("The Gram matrix", () => {
  test("of orthogonal features is diagonal: their squared lengths over C·H·W", async () => {
    const features = constant(Float32Array.of(2, 2, 2, 2, 3, -3, 3, -3, 1, 1, -1, -1), [1, 3, 2, 2]);
    const expected = [16, 0, 0, 0, 36, 0, 0, 0, 4].map((value) => value / 12);
    expect(relativeError(await gramOf(features, 3), expected)).toBeLessThan(1e-6);
  });

  test("does not see where features occur", async () => {
    const features = constant(Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8), [1, 2, 1, 4]);
    const moved = constant(Float32Array.of(3, 1, 4, 2, 7, 5, 8, 6), [1, 2, 2, 2]);
    expect(await gramOf(moved, 2)).toEqual(await gramOf(features, 2));
  });

  test("divides by the filters that the rows stand for", async () => {
    const features = constant(Float32Array.of(3, 4), [1, 1, 1, 2]);
    expect(await gramOf(features, 5)).toEqual([2.5]);
  });
});
