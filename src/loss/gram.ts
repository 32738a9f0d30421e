/**
 * Style as the Gram matrix: which features occur together, wherever they occur, and how far the picture's are from the
 * painting's (Gatys, Ecker and Bethge, 2016, equations 3 and 4, as means).
 * @module
 */
import { scale, square } from "../graph/operations/multiply.ts";
import { subtract } from "../graph/operations/subtract.ts";
import { total } from "../graph/operations/sum.ts";
import type { Tensor } from "../graph/tensor.ts";
import type { Moments } from "./moments.ts";
import { partOf, type StyleMeasure } from "./style-measure.ts";

/** Mean over C·C of the squared difference between Gram matrices. */
export const gramMeasure: StyleMeasure = {
  prepare: (target, channels) => ({ gram: gram(target, channels) }),
  loss: (moments, target, channels) =>
    scale(1 / channels ** 2, total(square(subtract(gram(moments, channels), partOf(target, "gram"))))),
  // ⟨f fᵀ⟩ has values of the size of a power, and its square is divided by C² and once more by C².
  inUnits: (unit, _, channels) => (channels / unit) ** 2,
};

/** G = F Fᵀ / (C·H·W), with F the features as rows × positions. */
const gram = ({ second }: Moments, channels: number): Tensor => scale(1 / channels, second);
