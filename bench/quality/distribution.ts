/**
 * What a layer's features are as a distribution over positions: mean, second moments, covariance. In float64, for the
 * square roots taken of them are of matrices without full rank.
 * @module
 */
import { Matrix } from "ml-matrix";

/** Added to the diagonal of covariances. */
const REGULAR = 1e-4;

/** How C channels are distributed over all positions. */
export interface Distribution {
  readonly mean: Float64Array;
  /** FFᵀ / (C·H·W), the Gram matrix. */
  readonly gram: Matrix;
  /** FFᵀ / (H·W) − μμᵀ + 1e-4·I */
  readonly covariance: Matrix;
}

/** The distribution of features `[channels, H, W]`. */
export function distributionOf(features: Float32Array, channels: number): Distribution {
  const positions = features.length / channels;
  const rows = Array.from({ length: channels }, (_, channel) =>
    Float64Array.from(features.subarray(channel * positions, (channel + 1) * positions)),
  );
  const mean = Float64Array.from(rows, (row) => row.reduce((sum, value) => sum + value, 0) / positions);
  const second = new Matrix(channels, channels);
  for (const [i, a] of rows.entries()) {
    for (const [j, b] of rows.slice(0, i + 1).entries()) {
      const moment = dot(a, b) / positions;
      second.set(i, j, moment);
      second.set(j, i, moment);
    }
  }
  const outer = Matrix.columnVector(mean).mmul(Matrix.rowVector(mean));
  return {
    mean,
    gram: Matrix.div(second, channels),
    covariance: Matrix.sub(second, outer).add(Matrix.eye(channels).mul(REGULAR)),
  };
}

/** The mean of the squared differences of two Gram matrices. */
export function gramDistance(a: Distribution, b: Distribution): number {
  const difference = Matrix.sub(a.gram, b.gram);
  return difference.norm("frobenius") ** 2 / (difference.rows * difference.columns);
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}
