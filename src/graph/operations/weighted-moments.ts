/**
 * The weighted second moments of the rows of a matrix and a row of ones, [X; 1] diag(w) [X; 1]ᵀ: sums of w x xᵀ, of w x and of
 * w, of which the statistics of a part of a picture are made. For several parts at once, X is read once.
 * @module
 */
import { ShapeError } from "../shape.ts";
import { apply, type Operation, scalar, type Tensor } from "../tensor.ts";
import { add } from "./add.ts";
import { concatenate } from "./concatenate.ts";
import { matmul } from "./matmul.ts";
import { multiply } from "./multiply.ts";
import { reshape } from "./reshape.ts";
import { emitRowProducts } from "./row-products.ts";
import { sliceAxis } from "./slice.ts";
import { expand } from "./sum.ts";
import { transpose } from "./transpose.ts";

/**
 * Y = [Z diag(w₁); Z diag(w₂); …] Zᵀ with Z = [X; 1], given X, Z and the left factor: d loss/dX are the first rows of
 * Σᵢ (d loss/dYᵢ + (d loss/dYᵢ)ᵀ) Z diag(wᵢ), one product, of a matrix that is there. With √w on both sides it would not be.
 */
export const weightedMomentsOperation: Operation<object> = {
  name: "weightedMoments",
  shape(shapes) {
    const [[rows, columns] = [], ones = [], weighed = []] = shapes;
    const fits = ones[0] === rows + 1 && weighed[0] % ones[0] === 0;
    if (!fits || ![ones, weighed].every((shape) => shape.length === 2 && shape[1] === columns)) {
      const wanted = "[rows, columns], [rows + 1, columns] and [parts · (rows + 1), columns]";
      throw new ShapeError("weightedMoments", wanted, shapes);
    }
    return [weighed[0], ones[0]];
  },
  gradient(incoming, { inputs: [x, ones, weighed] }) {
    const [rows] = ones.shape;
    const both = Array.from({ length: weighed.shape[0] / rows }, (_, part) => {
      const own = sliceAxis(incoming, 0, part * rows, (part + 1) * rows);
      return sliceAxis(add(own, transpose(own)), 0, 0, x.shape[0]);
    });
    return [matmul(concatenate(both, 1), weighed), undefined, undefined];
  },
  onnx(emit, [, ones, weighed], { inputs: [, { shape }, { shape: all }] }) {
    const [rows, columns] = shape;
    return emitRowProducts(emit, { name: weighed, rows: all[0] }, { name: ones, rows }, columns);
  },
};

/**
 * The sums over columns of w [x; 1] [x; 1]ᵀ.
 * @param x X, `[rows, columns]`
 * @param weights `[parts, columns]`, not differentiated.
 * @returns those of each part, one below the other, `[parts · (rows + 1), rows + 1]`
 */
export function weightedMoments(x: Tensor, weights: Tensor): Tensor {
  const [rows, columns] = x.shape;
  const [parts] = weights.shape;
  const ones = concatenate([x, expand(scalar(1), [1, columns])], 0);
  const each = multiply(reshape(ones, [1, rows + 1, columns]), reshape(weights, [parts, 1, columns]));
  return apply(weightedMomentsOperation, [x, ones, reshape(each, [parts * (rows + 1), columns])], {});
}
