/**
 * Every operation by name. Whatever must hold for each of them (a gradient that agrees with differences, say) is
 * checked over this table, and a table over its keys does not compile when one is missing.
 * @module
 */
import { absoluteOperation } from "./absolute.ts";
import { addOperation } from "./add.ts";
import { averagePoolOperation, upsampleOperation } from "./average-pool.ts";
import { scaleInBlocksOperation } from "./blocked.ts";
import { concatenateOperation } from "./concatenate.ts";
import { adjointConvolutionOperation, convolutionOperation } from "./convolution.ts";
import { divideOperation } from "./divide.ts";
import { fidelityByCovarianceOperation, fidelityByRootOperation, fidelityOperation } from "./fidelity.ts";
import { identityOperation } from "./identity.ts";
import { matmulOperation } from "./matmul.ts";
import { matrixInverseSquareRootOperation, matrixSquareRootOperation } from "./matrix-square-root.ts";
import { maxPoolOperation } from "./max-pool.ts";
import { multiplyOperation } from "./multiply.ts";
import { reluOperation } from "./relu.ts";
import { reshapeOperation } from "./reshape.ts";
import { rowProductsOperation } from "./row-products.ts";
import { padOperation, sliceOperation } from "./slice.ts";
import { squareRootOperation } from "./square-root.ts";
import { subtractOperation } from "./subtract.ts";
import { expandOperation, sumOperation } from "./sum.ts";
import { atLeastOperation, positiveOperation } from "./threshold.ts";
import { transposeOperation } from "./transpose.ts";

/** The operations of the graph. */
export const operations = {
  absolute: absoluteOperation,
  add: addOperation,
  adjointConvolution: adjointConvolutionOperation,
  atLeast: atLeastOperation,
  averagePool: averagePoolOperation,
  concatenate: concatenateOperation,
  convolution: convolutionOperation,
  divide: divideOperation,
  expand: expandOperation,
  fidelity: fidelityOperation,
  fidelityByCovariance: fidelityByCovarianceOperation,
  fidelityByRoot: fidelityByRootOperation,
  identity: identityOperation,
  matmul: matmulOperation,
  matrixInverseSquareRoot: matrixInverseSquareRootOperation,
  matrixSquareRoot: matrixSquareRootOperation,
  maxPool: maxPoolOperation,
  multiply: multiplyOperation,
  pad: padOperation,
  positive: positiveOperation,
  relu: reluOperation,
  reshape: reshapeOperation,
  rowProducts: rowProductsOperation,
  scaleInBlocks: scaleInBlocksOperation,
  slice: sliceOperation,
  squareRoot: squareRootOperation,
  subtract: subtractOperation,
  sum: sumOperation,
  transpose: transposeOperation,
  upsample: upsampleOperation,
};

/** The name of an operation. */
export type OperationName = keyof typeof operations;
