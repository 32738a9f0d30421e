/**
 * Style: how far the picture's Gram matrix is from the painting's (Gatys, Ecker and Bethge, 2016, equation 4, as a mean).
 * @module
 */
import { scale } from "../graph/operations/multiply.ts";
import type { Tensor } from "../graph/tensor.ts";
import { moments } from "./moments.ts";
import { sumOfSquaredDifferences } from "./squared-differences.ts";
import { type StyleMeasure, statistic } from "./style-measure.ts";

/** Mean over C·C of the squared difference between Gram matrices. */
export const gramMeasure: StyleMeasure = {
  prepare: ({ second }, channels) => ({ gram: scale(1 / channels, second) }),
  loss: ({ second }, target, channels) =>
    scale(1 / channels ** 2, sumOfSquaredDifferences(scale(1 / channels, second), statistic(target, "gram"))),
  // ⟨f fᵀ⟩ has values of the size of a power, and its square is divided by C² and once more by C².
  inUnits: (unit, _, channels) => (channels / unit) ** 2,
};

/**
 * Mean over C·C of the squared difference between the Gram matrix of the features and the target.
 * @param features `[1, rows, H, W]`
 * @param target `[rows, rows]`, as {@link gram} makes it.
 * @param channels C, the number of filters the features stand for.
 */
export const styleLoss = (features: Tensor, target: Tensor, channels: number): Tensor =>
  gramMeasure.loss(moments(features), { gram: target }, channels);
