/**
 * The Gram matrix: which features occur together, wherever they occur (Gatys, Ecker and Bethge, 2016, equation 3).
 * @module
 */
import { scale } from "../graph/operations/multiply.ts";
import { reshape } from "../graph/operations/reshape.ts";
import { rowProducts } from "../graph/operations/row-products.ts";
import type { Tensor } from "../graph/tensor.ts";

/**
 * G = F Fᵀ / (C·H·W), with F the features flattened to rows × positions.
 * @param features `[1, rows, H, W]`
 * @param channels C, the number of filters the features stand for (see {@link contentLoss}).
 * @returns `[rows, rows]`
 */
export function gram(features: Tensor, channels: number): Tensor {
  const [, rows = 0, height = 0, width = 0] = features.shape;
  return scale(1 / (channels * height * width), rowProducts(reshape(features, [rows, height * width])));
}
