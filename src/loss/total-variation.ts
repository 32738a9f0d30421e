/**
 * Smoothness: differences between neighbouring pixels (Rudin, Osher and Fatemi, 1992, in its anisotropic form).
 * @module
 */
import { absolute } from "../graph/operations/absolute.ts";
import { add } from "../graph/operations/add.ts";
import { square } from "../graph/operations/multiply.ts";
import { sliceAxis } from "../graph/operations/slice.ts";
import { subtract } from "../graph/operations/subtract.ts";
import { total } from "../graph/operations/sum.ts";
import type { Tensor } from "../graph/tensor.ts";

/** Σ |x − right neighbour| + Σ |x − lower neighbour|. @param image `[1, C, H, W]` */
export const totalVariation = (image: Tensor): Tensor =>
  add(...differences(image, (difference) => total(absolute(difference))));

/** Σ (x − right neighbour)² + Σ (x − lower neighbour)². @param image `[1, C, H, W]` */
export const squaredVariation = (image: Tensor): Tensor =>
  add(...differences(image, (difference) => total(square(difference))));

const differences = (image: Tensor, measure: (difference: Tensor) => Tensor): [Tensor, Tensor] => [
  measure(neighbours(image, 2)),
  measure(neighbours(image, 3)),
];

function neighbours(image: Tensor, axis: number): Tensor {
  const size = image.shape[axis] ?? 0;
  return subtract(sliceAxis(image, axis, 1, size), sliceAxis(image, axis, 0, size - 1));
}
