/**
 * Content: how far the picture's features are from the photograph's (Gatys, Ecker and Bethge, 2016, equation 1, as a mean).
 * @module
 */
import type { Tensor } from "../graph/tensor.ts";
import { meanSquaredDifference } from "./mean-squared.ts";

/**
 * Mean over C·H·W of the squared difference.
 * @param features `[1, C, H, W]`
 * @param target the photograph's features, of the same shape.
 */
export const contentLoss = (features: Tensor, target: Tensor): Tensor =>
  meanSquaredDifference(features, target);
