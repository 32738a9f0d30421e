/**
 * The linear algebra of starting a student and finishing it: which channels say most, and which map fits best.
 * @module
 */
import { EigenvalueDecomposition, Matrix, SingularValueDecomposition, solve } from "ml-matrix";
import { required } from "../src/required.ts";

/**
 * Greedy choice of channels (pivoted Cholesky): each next one is the one that explains most of what is left of all.
 * @param products mean products of all channels, as far as nothing explains them yet.
 * @returns the channels chosen, best first.
 */
export function chooseChannels(products: Matrix, count: number): readonly number[] {
  const size = products.rows;
  const rest = products.clone();
  const explain = (pivot: number) => {
    const column = rest.getColumn(pivot);
    const power = column[pivot];
    for (let row = 0; row < size; row++) {
      const factor = column[row] / power;
      for (let other = 0; other < size; other++)
        rest.set(row, other, rest.get(row, other) - factor * column[other]);
    }
  };
  const chosen: number[] = [];
  while (chosen.length < count) {
    let best = { channel: -1, explained: -1 };
    for (let channel = 0; channel < size; channel++) {
      const power = rest.get(channel, channel);
      if (chosen.includes(channel) || power <= 1e-9 * products.get(channel, channel)) continue;
      const explained = rest.getColumn(channel).reduce((sum, value) => sum + value * value, 0) / power;
      if (explained > best.explained) best = { channel, explained };
    }
    // Channels that never speak, or only repeat others: any of them will do.
    if (best.channel < 0)
      best.channel = required(
        Array.from({ length: size }, (_, i) => i).find((i) => !chosen.includes(i)),
        "channel left to choose",
      );
    else explain(best.channel);
    chosen.push(best.channel);
  }
  return chosen;
}

/** A little of the mean power added to each channel's, so that channels that never speak do no harm. */
const RIDGE = 1e-6;

/**
 * The map W that minimises Σ ‖W s − t‖², from the sums Σ t sᵀ (`cross`) and Σ s sᵀ (`own`).
 */
export function leastSquares(cross: Matrix, own: Matrix): Matrix {
  const ridge = (RIDGE * own.trace()) / own.rows;
  const regular = Matrix.add(own, Matrix.eye(own.rows).mul(ridge));
  return solve(regular, cross.transpose()).transpose();
}

/** R with RᵀR = WᵀW, square: Λ^½ Vᵀ of the symmetric WᵀW. */
export function squareRootOf(map: Matrix): Matrix {
  const { eigenvectorMatrix, realEigenvalues } = new EigenvalueDecomposition(map.transpose().mmul(map), {
    assumeSymmetric: true,
  });
  const roots = Matrix.diag(realEigenvalues.map((value) => Math.sqrt(Math.max(0, value))));
  return roots.mmul(eigenvectorMatrix.transpose());
}

/** Q with orthonormal columns that maximises tr(Qᵀ M), for a matrix M with at least as many rows as columns. */
export function rotationTowards(matrix: Matrix): Matrix {
  const { leftSingularVectors, rightSingularVectors } = new SingularValueDecomposition(matrix);
  return leftSingularVectors.mmul(rightSingularVectors.transpose());
}
