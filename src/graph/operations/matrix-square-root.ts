/**
 * The square root of a symmetric positive definite matrix and its inverse, for what is made once and not differentiated.
 * @module
 */
import { ImpastoError } from "../../errors.ts";
import { type Shape, ShapeError } from "../shape.ts";
import { apply, type Operation, type Tensor } from "../tensor.ts";
import { cubicSteps } from "./minimax-steps.ts";
import { emitRoots } from "./newton-schulz.ts";

/** It is made once a picture: enough for eigenvalues down to a millionth of the matrix's norm. */
const STEPS = cubicSteps(1e-3, 14);

function requireSquare(operation: string, [a = []]: readonly Shape[]): Shape {
  const [rows, columns] = a;
  if (a.length !== 2 || rows !== columns) throw new ShapeError(operation, "a square matrix", [a]);
  return a;
}

const noGradient = (operation: string) => (): never => {
  throw new ImpastoError(`${operation} has no gradient; fidelity has one.`);
};

/** y = A^½ */
export const matrixSquareRootOperation: Operation<object> = {
  name: "matrixSquareRoot",
  shape: (shapes) => requireSquare("matrixSquareRoot", shapes),
  gradient: noGradient("matrixSquareRoot"),
  onnx: (emit, [a = ""], { output: { shape } }) => emitRoots(emit, a, shape[0], STEPS).factor,
};

/** y = A^−½ */
export const matrixInverseSquareRootOperation: Operation<object> = {
  name: "matrixInverseSquareRoot",
  shape: (shapes) => requireSquare("matrixInverseSquareRoot", shapes),
  gradient: noGradient("matrixInverseSquareRoot"),
  onnx: (emit, [a = ""], { output: { shape } }) => emitRoots(emit, a, shape[0], STEPS).inverse,
};

/** The square root of a symmetric positive definite matrix `[C, C]`. */
export const matrixSquareRoot = (a: Tensor): Tensor => apply(matrixSquareRootOperation, [a], {});

/** The inverse of the square root of a symmetric positive definite matrix `[C, C]`. */
export const matrixInverseSquareRoot = (a: Tensor): Tensor =>
  apply(matrixInverseSquareRootOperation, [a], {});
