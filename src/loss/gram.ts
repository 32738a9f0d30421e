/**
 * The Gram matrix: which features occur together, wherever they occur (Gatys, Ecker and Bethge, 2016, equation 3).
 * @module
 */
import { matmul } from "../graph/operations/matmul.ts";
import { scale } from "../graph/operations/multiply.ts";
import { reshape } from "../graph/operations/reshape.ts";
import { transpose } from "../graph/operations/transpose.ts";
import type { Tensor } from "../graph/tensor.ts";

/**
 * G = F Fᵀ / (C·H·W), with F the features flattened to channels × positions.
 * @param features `[1, C, H, W]`
 * @returns `[C, C]`
 */
export function gram(features: Tensor): Tensor {
  const [, channels = 0, height = 0, width = 0] = features.shape;
  const flat = reshape(features, [channels, height * width]);
  return scale(1 / (channels * height * width), matmul(flat, transpose(flat)));
}
