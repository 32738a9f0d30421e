/**
 * Content: how far the picture's features are from the photograph's (Gatys, Ecker and Bethge, 2016, equation 1, as a mean).
 * @module
 */
import { scale, square } from "../graph/operations/multiply.ts";
import { subtract } from "../graph/operations/subtract.ts";
import { total } from "../graph/operations/sum.ts";
import type { Tensor } from "../graph/tensor.ts";

/**
 * Mean over C·H·W of the squared difference.
 * @param features `[1, rows, H, W]`
 * @param target the photograph's features, of the same shape.
 * @param channels C, the number of filters the features stand for; their own number of rows, unless a smaller
 * network's features stand in for VGG-19's.
 */
export function contentLoss(features: Tensor, target: Tensor, channels: number): Tensor {
  const [, , height, width] = features.shape;
  return scale(1 / (channels * height * width), total(square(subtract(features, target))));
}
