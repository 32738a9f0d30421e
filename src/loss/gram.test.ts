import { describe, expect, test } from "vitest";
import { evaluate, relativeError, uniform } from "../../test/evaluate.ts";
import { expectGradientOfDifferences } from "../../test/finite-differences.ts";
import { gradients } from "../graph/gradients.ts";
import { constant, input, type Tensor } from "../graph/tensor.ts";
import { gramMeasure } from "./gram.ts";
import { moments } from "./moments.ts";

const gram = (features: Tensor, channels: number): Tensor =>
  gramMeasure.prepare(moments(features), channels).gram;
const distance = (features: Tensor, target: Tensor, channels: number): Tensor =>
  gramMeasure.loss(moments(features), { gram: target }, channels);

const SHAPE = [1, 3, 2, 4];
const values = uniform(SHAPE, 1);
const features = input("features", SHAPE);
const lossOf = async (loss: Tensor): Promise<number> =>
  (await evaluate({ loss }, { features: values })).loss[0];

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

describe("The distance of Gram matrices", () => {
  test("of the painting's own features is zero, wherever they are", async () => {
    const swapped = constant(
      Float32Array.from(values, (_, i) => values[i ^ 1]),
      SHAPE,
    );
    expect(await lossOf(distance(features, gram(swapped, 3), 3))).toBeLessThan(1e-14);
  });

  test("of no features is the mean over C·C of the squared target", async () => {
    const none = constant(new Float32Array(24), SHAPE);
    const target = constant(Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9), [3, 3]);
    expect((await evaluate({ loss: distance(none, target, 3) })).loss[0]).toBeCloseTo(285 / 9, 4);
  });

  test("of one constant row against zero is the fourth power of its value over C⁴", async () => {
    const flat = constant(new Float32Array(6).fill(2), [1, 1, 2, 3]);
    const zero = constant(new Float32Array(1), [1, 1]);
    expect((await evaluate({ loss: distance(flat, zero, 1) })).loss[0]).toBeCloseTo(16, 5);
    // G = 4 / 8 and a mean over 8 · 8, when the row stands for 8 filters.
    expect((await evaluate({ loss: distance(flat, zero, 8) })).loss[0]).toBeCloseTo(0.25 / 64, 8);
  });

  test("has the gradient 4 / (C²·C·H·W) · (G − T) F", async () => {
    const random = uniform([3, 3], 2);
    const symmetric = random.map((value, i) => value + random[(i % 3) * 3 + Math.floor(i / 3)]);
    const [gradient] = gradients(distance(features, constant(symmetric, [3, 3]), 3), [features]);
    const found = await evaluate({ gradient, g: gram(features, 3) }, { features: values });
    const expected = values.map((_, i) => {
      const [row, position] = [Math.floor(i / 8), i % 8];
      const parts = [0, 1, 2].map(
        (k) => (found.g[3 * row + k] - symmetric[3 * row + k]) * values[8 * k + position],
      );
      return (4 / (9 * 24)) * (parts[0] + parts[1] + parts[2]);
    });
    expect(relativeError(found.gradient, expected)).toBeLessThan(1e-5);
  });

  test("has the gradient that differences show", async () => {
    const target = input("target", [3, 3]);
    await expectGradientOfDifferences(distance(features, target, 3), {
      features: { tensor: features, values },
      target: { tensor: target, values: uniform([3, 3], 3) },
    });
  });
});
