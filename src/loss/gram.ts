/**
 * The Gram matrix: which features occur together, wherever they occur (Gatys, Ecker and Bethge, 2016, equation 3).
 * @module
 */
import { scale } from "../graph/operations/multiply.ts";
import type { Tensor } from "../graph/tensor.ts";
import { moments } from "./moments.ts";

/**
 * G = F Fᵀ / (C·H·W), with F the features flattened to rows × positions.
 * @param features `[1, rows, H, W]`
 * @param channels C, the number of filters the features stand for (see {@link contentLoss}).
 * @returns `[rows, rows]`
 */
export const gram = (features: Tensor, channels: number): Tensor =>
  scale(1 / channels, moments(features).second);
