/**
 * Smoothness: differences between neighbouring pixels (Rudin, Osher and Fatemi, 1992, in its anisotropic form).
 * @module
 */
import { absolute } from "../graph/operations/absolute.ts";
import { add } from "../graph/operations/add.ts";
import { multiply, square } from "../graph/operations/multiply.ts";
import { sliceAxis } from "../graph/operations/slice.ts";
import { subtract } from "../graph/operations/subtract.ts";
import { total } from "../graph/operations/sum.ts";
import { sizeOfAxis } from "../graph/shape.ts";
import type { Tensor } from "../graph/tensor.ts";

/**
 * Σ |x − right neighbour| + Σ |x − lower neighbour|.
 * @param image `[1, C, H, W]`
 * @param counted `[1, 1, H, W]`, what each pixel's two differences are multiplied with; 1 when absent.
 */
export const totalVariation = (image: Tensor, counted?: Tensor): Tensor =>
  add(...differences(image, counted, (difference) => total(absolute(difference))));

/** Σ (x − right neighbour)² + Σ (x − lower neighbour)², as {@link totalVariation} counts them. */
export const squaredVariation = (image: Tensor, counted?: Tensor): Tensor =>
  add(...differences(image, counted, (difference) => total(square(difference))));

const differences = (
  image: Tensor,
  counted: Tensor | undefined,
  measure: (difference: Tensor) => Tensor,
): [Tensor, Tensor] => [measure(neighbours(image, 2, counted)), measure(neighbours(image, 3, counted))];

function neighbours(image: Tensor, axis: number, counted: Tensor | undefined): Tensor {
  const size = sizeOfAxis(image.shape, axis);
  const difference = subtract(sliceAxis(image, axis, 1, size), sliceAxis(image, axis, 0, size - 1));
  return counted ? multiply(difference, sliceAxis(counted, axis, 0, size - 1)) : difference;
}
