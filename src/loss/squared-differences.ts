/**
 * The squared distance that content and style losses share.
 * @module
 */
import { square } from "../graph/operations/multiply.ts";
import { subtract } from "../graph/operations/subtract.ts";
import { total } from "../graph/operations/sum.ts";
import type { Tensor } from "../graph/tensor.ts";

/** Σ (a − b)² over every value, a single number. */
export const sumOfSquaredDifferences = (a: Tensor, b: Tensor): Tensor => total(square(subtract(a, b)));
