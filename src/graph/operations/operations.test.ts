/**
 * What must hold for each operation, whatever it computes: its gradient is the one that differences show.
 */
import { readdir } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { farFromKinks } from "../../../test/evaluate.ts";
import { expectGradientOfDifferences } from "../../../test/finite-differences.ts";
import type { Shape } from "../shape.ts";
import { apply, input, type Operation } from "../tensor.ts";
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
import { weightedMomentsOperation } from "./weighted-moments.ts";

/** Every operation by its name: the samples below do not compile when one has none. */
const operations = {
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
  weightedMoments: weightedMomentsOperation,
  scaleInBlocks: scaleInBlocksOperation,
  slice: sliceOperation,
  squareRoot: squareRootOperation,
  subtract: subtractOperation,
  sum: sumOperation,
  transpose: transposeOperation,
  upsample: upsampleOperation,
};

type OperationName = keyof typeof operations;

type Attributes = {
  [N in OperationName]: (typeof operations)[N] extends Operation<infer A> ? A : never;
};

/** Where an operation's gradient is checked. */
interface Sample<A> {
  readonly inputs: readonly Shape[];
  readonly attributes: A;
  /** Whether the operation is defined for positive values only. */
  readonly positive?: boolean;
}

const plain = (...inputs: Shape[]): Sample<object> => ({ inputs, attributes: {} });
const convolved = (padding: number, ...inputs: Shape[]) => ({ inputs, attributes: { padding } });

const unary = [plain([]), plain([1]), plain([2, 3, 5]), plain([1, 3, 1, 7])];
const binary = [
  plain([], []),
  plain([2, 3, 5], [2, 3, 5]),
  plain([3, 5], []),
  plain([], [3, 5]),
  plain([2, 1, 5], [3, 1]),
  plain([1, 3, 4, 5], [1, 3, 1, 1]),
  plain([5], [2, 1, 1]),
];
const pooled = [plain([1, 1, 2, 2]), plain([1, 3, 5, 7]), plain([2, 2, 4, 3]), plain([1, 2, 2, 9])];

const samples: { readonly [N in OperationName]: readonly Sample<Attributes[N]>[] } = {
  absolute: unary,
  add: binary,
  adjointConvolution: [
    convolved(1, [1, 1, 1, 1], [1, 1, 3, 3]),
    convolved(1, [1, 3, 5, 7], [3, 2, 3, 3]),
    convolved(1, [2, 2, 4, 3], [2, 5, 3, 3]),
    convolved(0, [1, 4, 3, 5], [4, 3, 1, 1]),
    convolved(0, [1, 2, 3, 4], [2, 3, 3, 3]),
    convolved(2, [1, 2, 6, 5], [2, 3, 5, 5]),
    convolved(0, [1, 2, 3, 4], [2, 3, 1, 3]),
    convolved(1, [1, 2, 3, 4], [2, 3, 3, 2]),
  ],
  atLeast: binary,
  averagePool: pooled,
  concatenate: [
    { inputs: [[2, 3]], attributes: { axis: 0 } },
    {
      inputs: [
        [2, 1],
        [2, 3],
        [2, 2],
      ],
      attributes: { axis: 1 },
    },
    {
      inputs: [
        [1, 2, 3, 5],
        [1, 1, 3, 5],
      ],
      attributes: { axis: 1 },
    },
  ],
  convolution: [
    convolved(1, [1, 1, 1, 1], [1, 1, 3, 3], [1]),
    convolved(1, [1, 3, 5, 7], [2, 3, 3, 3], [2]),
    convolved(1, [2, 2, 4, 3], [5, 2, 3, 3], [5]),
    convolved(0, [1, 3, 3, 5], [4, 3, 1, 1], [4]),
    convolved(0, [1, 2, 5, 4], [3, 2, 3, 3], [3]),
    convolved(2, [1, 2, 6, 5], [3, 2, 5, 5], [3]),
    convolved(0, [1, 2, 3, 4], [3, 2, 1, 3], [3]),
    convolved(1, [1, 2, 3, 4], [3, 2, 3, 2], [3]),
  ],
  divide: binary,
  expand: [
    { inputs: [[]], attributes: { shape: [2, 3] } },
    { inputs: [[1]], attributes: { shape: [5] } },
    { inputs: [[2, 1, 3]], attributes: { shape: [2, 5, 3] } },
    { inputs: [[3, 1]], attributes: { shape: [2, 3, 7] } },
  ],
  // Not for any matrices: see fidelity.test.ts.
  fidelity: [],
  fidelityByCovariance: [],
  fidelityByRoot: [],
  identity: [{ inputs: [], attributes: { rows: 3 } }],
  matmul: [
    plain([1, 1], [1, 1]),
    plain([2, 3], [3, 5]),
    plain([1, 7], [7, 1]),
    plain([2, 3, 4], [2, 4, 5]),
    plain([1, 2, 3, 1], [1, 2, 1, 4]),
  ],
  // Not for any matrix: see matrix-square-root.test.ts.
  matrixInverseSquareRoot: [],
  matrixSquareRoot: [],
  maxPool: pooled,
  multiply: binary,
  pad: [
    { inputs: [[3]], attributes: { before: [2], after: [0] } },
    { inputs: [[1, 2, 3, 5]], attributes: { before: [0, 0, 1, 2], after: [0, 0, 0, 1] } },
  ],
  positive: unary,
  relu: unary,
  reshape: [
    { inputs: [[]], attributes: { shape: [1, 1] } },
    { inputs: [[2, 3, 4]], attributes: { shape: [4, 6] } },
    { inputs: [[1, 1]], attributes: { shape: [] } },
  ],
  rowProducts: [plain([1, 1]), plain([3, 7]), plain([5, 2]), plain([4, 1])],
  scaleInBlocks: [
    { inputs: [[1, 16, 3, 5]], attributes: { factor: 1 } },
    { inputs: [[2, 16, 2, 2]], attributes: { factor: -0.5 } },
    { inputs: [[2, 3, 2, 2]], attributes: { factor: -0.5 } },
  ],
  slice: [
    { inputs: [[5]], attributes: { start: [1], end: [4] } },
    { inputs: [[1, 3, 5, 7]], attributes: { start: [0, 1, 0, 2], end: [1, 3, 4, 7] } },
  ],
  squareRoot: unary.map((sample) => ({ ...sample, positive: true })),
  subtract: binary,
  sum: [
    { inputs: [[1]], attributes: { axes: [0] } },
    { inputs: [[2, 3, 5]], attributes: { axes: [1] } },
    { inputs: [[2, 3, 5]], attributes: { axes: [0, 1, 2] } },
    { inputs: [[1, 3, 4, 7]], attributes: { axes: [0, 2, 3] } },
  ],
  transpose: [
    { inputs: [[2, 3]], attributes: { order: [1, 0] } },
    { inputs: [[1, 2, 3, 5]], attributes: { order: [0, 2, 3, 1] } },
    { inputs: [[2, 3, 5]], attributes: { order: [2, 0, 1] } },
  ],
  // Its inputs depend on each other: see weighted-moments.test.ts.
  weightedMoments: [],
  upsample: [plain([1, 1, 1, 1]), plain([1, 3, 2, 5]), plain([2, 2, 3, 1])],
};

const rules: { readonly [N in OperationName]: Operation<Attributes[N]> } = operations;

async function check<A>(operation: Operation<A>, { inputs, attributes, positive }: Sample<A>): Promise<void> {
  const points = inputs.map((shape, index) => {
    const values = farFromKinks(shape, 1 + index);
    return { tensor: input(`x${index}`, shape), values: positive ? values.map(Math.abs) : values };
  });
  const output = apply(
    operation,
    points.map(({ tensor }) => tensor),
    attributes,
  );
  await expectGradientOfDifferences(
    output,
    Object.fromEntries(points.map((point, index) => [`x${index}`, point])),
  );
}

const checkAll = async <N extends OperationName>(name: N): Promise<void> => {
  for (const sample of samples[name]) await check(rules[name], sample);
};

/** The operations that the folder's files export. */
async function exportedOperations(): Promise<readonly unknown[]> {
  const files = (await readdir(new URL(".", import.meta.url))).filter((file) => !file.endsWith(".test.ts"));
  const modules = await Promise.all(files.map((file): Promise<object> => import(`./${file}`)));
  return modules.flatMap((module) =>
    Object.entries(module).flatMap(([name, value]) => (name.endsWith("Operation") ? [value] : [])),
  );
}

const isOperationName = (name: string): name is OperationName => name in operations;
const names = Object.keys(operations).filter(isOperationName);

describe("Each operation", () => {
  test.each(names)("%s has the gradient that differences show", checkAll);

  test.each(names)("%s goes by its own name", (name) => {
    expect(operations[name].name).toBe(name);
  });

  test("is in the table, and therefore checked here", async () => {
    expect(new Set(await exportedOperations())).toEqual(new Set(Object.values(operations)));
  });
});
