/**
 * Style as a normal distribution of features: the Wasserstein-2 distance between the picture's and the painting's,
 * ‖μ − μₛ‖² + tr(Σ + Σₛ − 2(Σₛ^½ Σ Σₛ^½)^½), in units of the painting's own power at that layer, so that a flat graphic
 * painting counts as much as a busy one.
 * @module
 */
import { add } from "../graph/operations/add.ts";
import { divide } from "../graph/operations/divide.ts";
import { fidelity } from "../graph/operations/fidelity.ts";
import { identity } from "../graph/operations/identity.ts";
import { matrixInverseSquareRoot, matrixSquareRoot } from "../graph/operations/matrix-square-root.ts";
import { multiply, scale, square } from "../graph/operations/multiply.ts";
import { relu } from "../graph/operations/relu.ts";
import { rowProducts } from "../graph/operations/row-products.ts";
import { squareRoot } from "../graph/operations/square-root.ts";
import { subtract } from "../graph/operations/subtract.ts";
import { total } from "../graph/operations/sum.ts";
import { scalar, type Tensor } from "../graph/tensor.ts";
import { meanPower, trace } from "./moments.ts";
import { partOf, type StyleMeasure } from "./style-measure.ts";

/** Added to each variance, in units of the style's mean power: the roots need it. */
const REGULARITY = 4e-3;

/**
 * From so many times the style's mean power on, what is added grows with the picture's own: a covariance is the difference
 * of two nearly equal matrices, whose rounding, a hundred-thousandth of their power, would make it less than positive.
 */
const MUCH_POWER = 2;

/** The Wasserstein-2 distance between normal distributions, as a part of the target's whole power. */
export const gaussianMeasure: StyleMeasure = {
  prepare({ second, mean: average }, channels) {
    const power = meanPower(second, channels);
    const { mean, covariance } = normal(second, average, power, channels);
    return {
      power,
      centre: mean,
      root: matrixSquareRoot(covariance),
      inverseRoot: matrixInverseSquareRoot(covariance),
      spread: trace(covariance),
    };
  },
  loss(moments, target, channels) {
    const power = partOf(target, "power");
    const { mean, covariance } = normal(moments.second, moments.mean, power, channels);
    const overlap = fidelity(partOf(target, "root"), partOf(target, "inverseRoot"), covariance);
    const spreads = add(trace(covariance), partOf(target, "spread"));
    const means = total(square(subtract(mean, partOf(target, "centre"))));
    return scale(1 / channels, add(means, subtract(spreads, scale(2, overlap))));
  },
  inUnits: (unit, own) => own / unit,
};

/** Mean and covariance in units of `power`. */
function normal(
  second: Tensor,
  mean: Tensor,
  power: Tensor,
  channels: number,
): { readonly mean: Tensor; readonly covariance: Tensor } {
  const [rows = 0] = second.shape;
  const unitMean = divide(mean, squareRoot(power));
  const unitSecond = divide(second, power);
  const spread = subtract(unitSecond, rowProducts(unitMean));
  const own = scale(1 / (MUCH_POWER * channels), trace(unitSecond));
  const added = scale(REGULARITY, add(scalar(1), relu(subtract(own, scalar(1)))));
  return { mean: unitMean, covariance: add(spread, multiply(added, identity(rows))) };
}
