/**
 * An identity matrix kept in the model in place of one made where it runs: EyeLike has no kernel on WebGPU, and a node that
 * runs on the host has the card wait for it.
 * @module
 */
import { integersIn, type Rule } from "./rewrite.ts";

/** EyeLike(ConstantOfShape) → a constant. */
export const constantIdentity: Rule = ({ operator, inputs: [zeros = ""] }, model) => {
  const sizes = operator === "EyeLike" ? integersIn(model, model.producerOf(zeros)?.inputs[0]) : undefined;
  if (sizes === undefined) return undefined;
  const [rows = 0, columns = 0] = sizes;
  const values = new Float32Array(rows * columns);
  for (let row = 0; row < Math.min(rows, columns); row++) values[row * (columns + 1)] = 1;
  return model.floats(values, sizes);
};
