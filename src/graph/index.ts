/**
 * The differentiable graph by itself, as others import it from "impasto/graph": values, operations on them, and the
 * gradient of a number with respect to any of them. Nothing is computed here: what is built is written as an ONNX model, and
 * a runtime compiles and runs that.
 * @module
 */
export { gradients } from "./gradients.ts";
export { type OnnxModel, type OnnxTarget, writeOnnx } from "./onnx.ts";
export { absolute } from "./operations/absolute.ts";
export { add } from "./operations/add.ts";
export { averagePool, upsample } from "./operations/average-pool.ts";
export { concatenate } from "./operations/concatenate.ts";
export { convolution } from "./operations/convolution.ts";
export { divide } from "./operations/divide.ts";
export { identity } from "./operations/identity.ts";
export { matmul } from "./operations/matmul.ts";
export { maxPool } from "./operations/max-pool.ts";
export { multiply, scale, square } from "./operations/multiply.ts";
export { relu } from "./operations/relu.ts";
export { reshape } from "./operations/reshape.ts";
export { rowProducts } from "./operations/row-products.ts";
export { pad, slice } from "./operations/slice.ts";
export { squareRoot } from "./operations/square-root.ts";
export { subtract } from "./operations/subtract.ts";
export { expand, sum, total } from "./operations/sum.ts";
export { atLeast, positive } from "./operations/threshold.ts";
export { transpose } from "./operations/transpose.ts";
export { type Shape, ShapeError } from "./shape.ts";
export { type Capabilities, constant, input, NO_CAPABILITIES, scalar, type Tensor } from "./tensor.ts";
