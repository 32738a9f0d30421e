/**
 * The first and second moments of features: averages over a picture's positions, of which every measure of style is made.
 * Because they are averages, those of a blend of paintings are blended, and those of a large picture are gathered from
 * its parts; and those of linear maps of features follow from those of the features.
 * @module
 */
import { add } from "../graph/operations/add.ts";
import { concatenate } from "../graph/operations/concatenate.ts";
import { identity } from "../graph/operations/identity.ts";
import { matmul } from "../graph/operations/matmul.ts";
import { multiply, scale } from "../graph/operations/multiply.ts";
import { reshape } from "../graph/operations/reshape.ts";
import { rowProducts } from "../graph/operations/row-products.ts";
import { sliceAxis } from "../graph/operations/slice.ts";
import { sum, total } from "../graph/operations/sum.ts";
import { transpose } from "../graph/operations/transpose.ts";
import { scalar, type Tensor } from "../graph/tensor.ts";

/** Averages over the positions of features f, rows × positions. */
export interface Moments {
  /** ⟨f fᵀ⟩, `[rows, rows]` */
  readonly second: Tensor;
  /** ⟨f⟩, `[rows, 1]` */
  readonly mean: Tensor;
}

/** The moments of features `[1, rows, H, W]`. */
export function moments(features: Tensor): Moments {
  const [, rows, height, width] = features.shape;
  const flat = reshape(features, [rows, height * width]);
  const average = 1 / (height * width);
  return {
    second: scale(average, rowProducts(flat)),
    mean: reshape(scale(average, sum(features, [2, 3])), [rows, 1]),
  };
}

/** What is taken for the mean power of features that see nothing. */
const LEAST_POWER = 1e-6;

/**
 * The mean power of a channel, ⟨f²⟩ and never 0, a single number.
 * @param second ⟨f fᵀ⟩, `[rows, rows]`
 * @param channels the number of filters the rows stand for.
 */
export const meanPower = (second: Tensor, channels: number): Tensor =>
  add(scale(1 / channels, trace(second)), scalar(LEAST_POWER));

/** The sum of a square matrix's diagonal, a single number. */
export const trace = (matrix: Tensor): Tensor => total(multiply(matrix, identity(matrix.shape[0])));

/** The moments of R [f; 1]. @param map R, `[rows, C + 1]`, for f of C rows. */
export function mappedMoments({ second, mean }: Moments, map: Tensor): Moments {
  const [rows, columns] = map.shape;
  const one = reshape(scalar(1), [1, 1]);
  const homogeneous = concatenate(
    [concatenate([second, mean], 1), concatenate([transpose(mean), one], 1)],
    0,
  );
  const half = matmul(map, homogeneous);
  return {
    second: matmul(half, transpose(map)),
    mean: reshape(sliceAxis(half, 1, columns - 1, columns), [rows, 1]),
  };
}
