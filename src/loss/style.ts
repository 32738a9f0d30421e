/**
 * Style: how far the picture's Gram matrix is from the painting's (Gatys, Ecker and Bethge, 2016, equation 4, as a mean).
 * @module
 */
import type { Tensor } from "../graph/tensor.ts";
import { gram } from "./gram.ts";
import { meanSquaredDifference } from "./mean-squared.ts";

/**
 * Mean over C·C of the squared difference between the Gram matrix of the features and the target.
 * @param features `[1, C, H, W]`
 * @param target `[C, C]`, as {@link gram} makes it.
 */
export const styleLoss = (features: Tensor, target: Tensor): Tensor =>
  meanSquaredDifference(gram(features), target);
