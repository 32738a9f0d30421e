/**
 * Style: how far the picture's Gram matrix is from the painting's (Gatys, Ecker and Bethge, 2016, equation 4, as a mean).
 * @module
 */
import { scale } from "../graph/operations/multiply.ts";
import type { Tensor } from "../graph/tensor.ts";
import { gram } from "./gram.ts";
import { sumOfSquaredDifferences } from "./squared-differences.ts";

/**
 * Mean over C·C of the squared difference between the Gram matrix of the features and the target.
 * @param features `[1, rows, H, W]`
 * @param target `[rows, rows]`, as {@link gram} makes it.
 * @param channels C, the number of filters the features stand for.
 */
export const styleLoss = (features: Tensor, target: Tensor, channels: number): Tensor =>
  scale(1 / channels ** 2, sumOfSquaredDifferences(gram(features, channels), target));
