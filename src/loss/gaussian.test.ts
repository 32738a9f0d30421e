import { describe, expect, it } from "vitest";
import { evaluate, uniform } from "../../test/evaluate.ts";
import { expectGradientOfDifferences } from "../../test/finite-differences.ts";
import { convolution } from "../graph/operations/convolution.ts";
import { constant, input } from "../graph/tensor.ts";
import { gaussianMeasure } from "./gaussian.ts";
import { moments } from "./moments.ts";

const SHAPE = [1, 3, 4, 5];
const features = input("features", SHAPE);
const target = gaussianMeasure.prepare(moments(input("target", SHAPE)), 3);
const loss = gaussianMeasure.loss(moments(features), target, 3);

describe("the Wasserstein-2 measure of style", () => {
  it("is zero between a picture and itself", async () => {
    const values = uniform(SHAPE, 1);
    const { distance } = await evaluate({ distance: loss }, { features: values, target: values });
    expect(Math.abs(distance[0])).toBeLessThan(1e-6);
  });

  it("is that of the filters that the rows stand for, however many rows there are", async () => {
    const kernel = Float32Array.of(1, 0, 0, 0, 0.6, 0.8, 0, -0.8, 0.6, 0, 0, 0);
    const more = (name: string) =>
      moments(
        convolution(
          input(name, SHAPE),
          constant(kernel, [4, 3, 1, 1]),
          constant(new Float32Array(4), [4]),
          0,
        ),
      );
    const turned = gaussianMeasure.loss(more("features"), gaussianMeasure.prepare(more("target"), 3), 3);
    const values = { features: uniform(SHAPE, 1), target: uniform(SHAPE, 2) };
    const { plain, same } = await evaluate({ plain: loss, same: turned }, values);
    expect(same[0] / plain[0]).toBeCloseTo(1, 3);
  });

  it("knows nothing of where the features are", async () => {
    const values = uniform(SHAPE, 1);
    const moved = Float32Array.from(values, (_, i) => values[Math.floor(i / 20) * 20 + ((i + 7) % 20)]);
    const { distance } = await evaluate({ distance: loss }, { features: moved, target: values });
    expect(distance[0]).toBeCloseTo(0, 4);
  });

  it("is the squared distance of the means when only they differ, as a part of the target's power", async () => {
    const values = uniform(SHAPE, 1);
    const shifted = values.map((value) => value + 0.5);
    const { distance } = await evaluate({ distance: loss }, { features: shifted, target: values });
    const power = values.reduce((sum, value) => sum + value * value, 0) / 20;
    expect(distance[0]).toBeCloseTo((3 * 0.25) / power, 3);
  });

  it("is Σ (σ − σₛ)² for independent features with other deviations", async () => {
    // Three rows, each with its own pattern of signs: uncorrelated and of mean zero.
    const signs = [
      (i: number) => i % 2,
      (i: number) => Math.floor(i / 2) % 2,
      (i: number) => Math.floor(i / 4) % 2,
    ];
    const rows = (sizes: readonly number[]) =>
      Float32Array.from(
        { length: 48 },
        (_, i) => sizes[Math.floor(i / 16)] * (2 * signs[Math.floor(i / 16)](i % 16) - 1),
      );
    const shape = [1, 3, 4, 4];
    const goal = gaussianMeasure.prepare(moments(input("target", shape)), 3);
    const away = gaussianMeasure.loss(moments(input("features", shape)), goal, 3);
    const { distance } = await evaluate(
      { distance: away },
      { features: rows([1, 2, 3]), target: rows([2, 2, 1]) },
    );
    // To what is added to every variance.
    expect(distance[0]).toBeCloseTo((1 + 0 + 4) / (4 + 4 + 1), 2);
  });

  it("is finite where a painting is flat, or nothing is seen in it", async () => {
    for (const value of [0, 1e-3, 200]) {
      const flat = new Float32Array(60).fill(value);
      const { distance } = await evaluate({ distance: loss }, { features: uniform(SHAPE, 1), target: flat });
      expect(Number.isFinite(distance[0])).toBe(true);
    }
  });

  it("does not change when both pictures' features are scaled", async () => {
    const [a, b] = [uniform(SHAPE, 1), uniform(SHAPE, 2)];
    const { distance } = await evaluate({ distance: loss }, { features: a, target: b });
    const large = { features: a.map((value) => 300 * value), target: b.map((value) => 300 * value) };
    const { distance: scaled } = await evaluate({ distance: loss }, large);
    expect(scaled[0] / distance[0]).toBeCloseTo(1, 4);
  });

  it("has a gradient that agrees with differences", async () => {
    const prepared = Object.entries(target).map(([part, { shape }]) => [part, input(part, shape)] as const);
    const values = await evaluate(target, { target: uniform(SHAPE, 2) });
    const fixed = Object.fromEntries(prepared);
    const distance = gaussianMeasure.loss(moments(features), fixed, 3);
    const points = { features: { tensor: features, values: uniform(SHAPE, 1) } };
    const constants = Object.fromEntries(
      prepared.map(([part, tensor]) => [part, { tensor, values: values[part] }]),
    );
    await expectGradientOfDifferences(distance, points, constants);
  });
});
