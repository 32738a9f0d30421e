/**
 * The fidelity of two covariance matrices, tr (R Σ R)^½ for R the root of the other: what the Wasserstein-2 distance of
 * normal distributions measures their overlap by (Olkin and Pukelsheim, 1982). R Σ R has the square of the
 * matrices' condition numbers, more than float32 can resolve, so it is never formed: with any L for which Σ = L Lᵀ, and U the
 * polar factor of R L, the fidelity is the sum of R L's singular values, tr Uᵀ R L, and its slopes follow from U as well.
 * @module
 */
import { ImpastoError } from "../../errors.ts";
import { type Shape, ShapeError, sameShape } from "../shape.ts";
import { apply, type Emit, type Operation, type Tensor } from "../tensor.ts";
import { emitFactor } from "./factor.ts";
import { cubicSteps, fewestSteps } from "./minimax-steps.ts";
import { multiply } from "./multiply.ts";
import { emitGemm, emitPolarFactor, emitRoots } from "./newton-schulz.ts";

/**
 * For eigenvalues of Σ down to 2.5e-5 of its norm. Those of features, regularised, seldom go below 5e-5; where they do, the
 * slope is off by a part in a hundred.
 */
const ROOT_STEPS = { fewProducts: fewestSteps(5e-3), fewNodes: cubicSteps(5e-3, 9) };
/** For singular values of R L down to some 1e-5 of its norm, which Newton's step has brought to 5e-3 of each other. */
const POLAR_STEPS = cubicSteps(4e-3, 9);

function requireAlike(operation: string, shapes: readonly Shape[]): Shape {
  const [root = []] = shapes;
  const alike = shapes.length === 3 && shapes.every((shape) => sameShape(shape, root));
  if (root.length !== 2 || root[0] !== root[1] || !alike) {
    throw new ShapeError(operation, "square matrices of one size", shapes);
  }
  return root;
}

const noGradient = (operation: string) => (): never => {
  throw new ImpastoError(`${operation} is a derivative, and has no gradient of its own.`);
};

/** Emits L and L⁻¹, R L and its polar factor U. Emitted twice for the same matrices, they are computed once. */
function emitFactors(
  emit: Emit,
  [root = "", inverseRoot = "", covariance = ""]: readonly string[],
  rows: number,
) {
  const { factor, inverse, inverseTransposed } = emit.capabilities.fewProducts
    ? emitFactor(emit, covariance, rows, ROOT_STEPS.fewProducts)
    : emitRoots(emit, covariance, rows, ROOT_STEPS.fewNodes);
  const product = emit.node("MatMul", [root, factor]);
  const beside = emit.node("MatMul", [inverseRoot, inverseTransposed]);
  return { factor, inverse, product, polar: emitPolarFactor(emit, product, beside, rows, POLAR_STEPS) };
}

/** y = tr (R Σ R)^½: ∂y/∂R = U Lᵀ, ∂y/∂Σ = ½ R U L⁻¹. R⁻¹ only helps to compute it. */
export const fidelityOperation: Operation<object> = {
  name: "fidelity",
  shape(shapes) {
    requireAlike("fidelity", shapes);
    return [];
  },
  gradient: (incoming, { inputs }) => [
    multiply(apply(fidelityByRootOperation, inputs, {}), incoming),
    undefined,
    multiply(apply(fidelityByCovarianceOperation, inputs, {}), incoming),
  ],
  onnx(emit, names, { inputs: [root] }) {
    const { product, polar } = emitFactors(emit, names, root.shape[0]);
    const singular = emit.node("Mul", [polar, product]);
    const stages = emit.capabilities.splitSums ? [[1], [0]] : [[0, 1]];
    return stages.reduce(
      (sum, axes) => emit.node("ReduceSum", [sum, emit.integers(axes)], { keepdims: { integer: 0 } }),
      singular,
    );
  },
};

/** U Lᵀ, the slope of the fidelity by R. */
export const fidelityByRootOperation: Operation<object> = {
  name: "fidelityByRoot",
  shape: (shapes) => requireAlike("fidelityByRoot", shapes),
  gradient: noGradient("fidelityByRoot"),
  onnx(emit, names, { output }) {
    const { factor, polar } = emitFactors(emit, names, output.shape[0]);
    return emitGemm(emit, 1, polar, factor, undefined, { transB: 1 });
  },
};

/** ½ R U L⁻¹, the slope of the fidelity by Σ: half the map that carries one normal distribution to the other. */
export const fidelityByCovarianceOperation: Operation<object> = {
  name: "fidelityByCovariance",
  shape: (shapes) => requireAlike("fidelityByCovariance", shapes),
  gradient: noGradient("fidelityByCovariance"),
  onnx(emit, names, { output }) {
    const { inverse, polar } = emitFactors(emit, names, output.shape[0]);
    const [root = ""] = names;
    const map = emit.node("MatMul", [emit.node("MatMul", [root, polar]), inverse]);
    return emit.node("Mul", [map, emit.floats(Float32Array.of(0.5), [])]);
  },
};

/**
 * The fidelity of two symmetric positive definite matrices, a single number.
 * @param root R `[C, C]`, the square root of one of them.
 * @param inverseRoot R⁻¹, `[C, C]`
 * @param covariance Σ `[C, C]`, the other.
 */
export const fidelity = (root: Tensor, inverseRoot: Tensor, covariance: Tensor): Tensor =>
  apply(fidelityOperation, [root, inverseRoot, covariance], {});
