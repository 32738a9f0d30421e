import { Matrix } from "ml-matrix";
import { expect, test } from "vitest";
import { type Distribution, distributionOf } from "./distribution.ts";
import { distanceTo, squareRoot } from "./wasserstein.ts";

const normal = (mean: readonly number[], variances: readonly number[]): Distribution => ({
  mean: Float64Array.from(mean),
  gram: Matrix.zeros(mean.length, mean.length),
  covariance: Matrix.diag([...variances]),
});

test("A square root multiplied by itself is the matrix", () => {
  const matrix = new Matrix([
    [5, 2],
    [2, 3],
  ]);
  const root = squareRoot(matrix);
  expect(Matrix.sub(root.mmul(root), matrix).norm("frobenius")).toBeLessThan(1e-12);
});

test("The distance of independent channels is that of their means and standard deviations", () => {
  // ((1 − 0)² + (3 − 1)² + (2 − 4)² + (5 − 2)²) / (0² + 2² + 1² + 4²)
  const distance = distanceTo(normal([0, 4], [1, 4]))(normal([1, 2], [9, 25]));
  expect(distance).toBeCloseTo((1 + 4 + 4 + 9) / (16 + 1 + 4), 12);
});

test("A distribution is at no distance from itself", () => {
  const features = Float32Array.from({ length: 60 }, (_, i) => Math.sin(i * i));
  const distribution = distributionOf(features, 3);
  expect(distanceTo(distribution)(distribution)).toBeLessThan(1e-12);
});

test("The distribution of two channels is their means, products and covariance", () => {
  const { mean, gram, covariance } = distributionOf(Float32Array.of(1, 3, 2, 6), 2);
  expect([...mean]).toEqual([2, 4]);
  expect(gram.to2DArray()).toEqual([
    [2.5, 5],
    [5, 10],
  ]);
  expect(covariance.get(0, 0)).toBeCloseTo(1 + 1e-4, 12);
  expect(covariance.get(0, 1)).toBeCloseTo(2, 12);
});
