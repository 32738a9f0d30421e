/**
 * The mean of squared differences, which content and style losses share.
 * @module
 */
import { scale, square } from "../graph/operations/multiply.ts";
import { subtract } from "../graph/operations/subtract.ts";
import { total } from "../graph/operations/sum.ts";
import { sizeOf } from "../graph/shape.ts";
import type { Tensor } from "../graph/tensor.ts";

/** mean((a − b)²) over every value, a single number. */
export const meanSquaredDifference = (a: Tensor, b: Tensor): Tensor =>
  scale(1 / sizeOf(a.shape), total(square(subtract(a, b))));
