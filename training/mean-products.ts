/**
 * Mean products of features over pictures, of one network or of two, of which channels are chosen and linear maps fitted.
 * @module
 */
import { Matrix } from "ml-matrix";
import { concatenate } from "../src/graph/operations/concatenate.ts";
import { matmul } from "../src/graph/operations/matmul.ts";
import { scale } from "../src/graph/operations/multiply.ts";
import { reshape } from "../src/graph/operations/reshape.ts";
import { transpose } from "../src/graph/operations/transpose.ts";
import { sizeOf, sizeOfAxis } from "../src/graph/shape.ts";
import { constant, type Tensor } from "../src/graph/tensor.ts";
import { required } from "../src/required.ts";
import type { Runtime } from "../src/runtime/runtime.ts";

/** Features `[N, C, H, W]` as a matrix `[C, N·H·W]`. */
export function flatFeatures(features: Tensor): Tensor {
  const [batch, channels, height, width] = features.shape;
  return reshape(transpose(features, [1, 0, 2, 3]), [channels, batch * height * width]);
}

/** Features `[N, C, H, W]` as a matrix `[C + 1, N·H·W]`, the last row the constant 1. */
export function withConstant(features: Tensor): Tensor {
  const rows = flatFeatures(features);
  const positions = sizeOfAxis(rows.shape, 1);
  return concatenate([rows, constant(new Float32Array(positions).fill(1), [1, positions])], 0);
}

/** Mean of a bᵀ over positions, for matrices `[A, positions]` and `[B, positions]`. */
export const meanProduct = (a: Tensor, b: Tensor): Tensor =>
  scale(1 / sizeOfAxis(a.shape, 1), matmul(a, transpose(b)));

/**
 * Averages matrices that a graph computes from pictures, over batches of them.
 * @throws TypeError where the graph does not compute one of them.
 */
export async function averageOver<Name extends string>(
  runtime: Runtime,
  outputs: Readonly<Record<Name, Tensor>>,
  batches: readonly Readonly<Record<string, Float32Array>>[],
): Promise<(name: Name) => Matrix> {
  const program = await runtime.compile(outputs);
  const sums = new Map(
    Object.entries<Tensor>(outputs).map(([name, { shape }]) => [name, new Float64Array(sizeOf(shape))]),
  );
  try {
    for (const inputs of batches) {
      const results = await program.run(inputs);
      for (const [name, sum] of sums) {
        const values = required(results[name], `result ${name}`);
        for (let index = 0; index < sum.length; index++) sum[index] += values[index];
      }
    }
  } finally {
    await program.release();
  }
  return (name) => {
    // A single number is a matrix of one row and one column.
    const [rows = 1, columns = 1] = outputs[name].shape;
    return Matrix.from1DArray(rows, columns, required(sums.get(name), `sum of ${name}`)).div(batches.length);
  };
}
