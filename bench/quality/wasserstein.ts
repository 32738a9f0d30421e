/**
 * The Wasserstein-2 distance between normal distributions with given means and covariances:
 * ‖μ − μs‖² + tr(Σ + Σs − 2 (Σs^½ Σ Σs^½)^½), by channel and in units of the style's own power.
 * @module
 */
import { EigenvalueDecomposition, Matrix } from "ml-matrix";
import type { Distribution } from "./distribution.ts";

/** The square root of a symmetric matrix: V Λ^½ Vᵀ, eigenvalues that rounding made negative taken as 0. */
export function squareRoot(matrix: Matrix): Matrix {
  const { eigenvectorMatrix: vectors, realEigenvalues } = decompose(matrix);
  const scaled = Matrix.mul(vectors, 1).mulRowVector(realEigenvalues.map(root));
  return scaled.mmul(vectors.transpose());
}

/** Measures distances to one style. */
export function distanceTo(style: Distribution): (picture: Distribution) => number {
  const styleRoot = squareRoot(style.covariance);
  const channels = style.mean.length;
  const power = (style.covariance.trace() + squaredNorm(style.mean)) / channels;
  return (picture) => {
    const product = styleRoot.mmul(picture.covariance).mmul(styleRoot);
    const overlap = decompose(product).realEigenvalues.reduce((sum, value) => sum + root(value), 0);
    const spread = picture.covariance.trace() + style.covariance.trace() - 2 * overlap;
    const shift = squaredNorm(picture.mean.map((value, channel) => value - style.mean[channel]));
    return (shift + spread) / channels / power;
  };
}

const decompose = (matrix: Matrix) => new EigenvalueDecomposition(matrix, { assumeSymmetric: true });

const root = (value: number): number => Math.sqrt(Math.max(0, value));

const squaredNorm = (values: Float64Array): number => values.reduce((sum, value) => sum + value * value, 0);
