import onnxProto from "onnx-proto";
import { describe, expect, test } from "vitest";
import { evaluate, relativeError, uniform } from "../../../test/evaluate.ts";
import { gradients } from "../gradients.ts";
import { writeOnnx } from "../onnx.ts";
import { constant, input, type Tensor } from "../tensor.ts";
import { add } from "./add.ts";
import { averagePool } from "./average-pool.ts";
import { convolution } from "./convolution.ts";
import { maxPool } from "./max-pool.ts";
import { multiply, scale, square } from "./multiply.ts";
import { relu } from "./relu.ts";
import { reshape } from "./reshape.ts";
import { rowProducts } from "./row-products.ts";
import { total } from "./sum.ts";

const CHANNELS = 16;
const kernelValues = uniform([CHANNELS, CHANNELS, 3, 3], 1);
const fixed = constant(kernelValues, [CHANNELS, CHANNELS, 3, 3]);
/** The same kernel, fed: ONNX Runtime then has no blocked layout. */
const fed = input("kernel", [CHANNELS, CHANNELS, 3, 3]);
const bias = constant(uniform([CHANNELS], 2), [CHANNELS]);

/** Two convolutions with a pooling between, and a loss of the first's Gram matrix and the second's values. */
function lossOf(image: Tensor, kernel: Tensor, pool: (x: Tensor) => Tensor): Tensor {
  const first = relu(convolution(image, kernel, bias, 1));
  const [, , height = 0, width = 0] = first.shape;
  const gram = rowProducts(reshape(first, [CHANNELS, height * width]));
  const second = relu(convolution(pool(convolution(first, kernel, bias, 1)), kernel, bias, 1));
  return add(total(square(scale(1e-2, gram))), total(square(second)));
}

const operatorsIn = (outputs: Readonly<Record<string, Tensor>>, blocks: boolean): string[] =>
  (
    onnxProto.onnx.ModelProto.decode(writeOnnx(outputs, { cpu: true, blocks, made: new WeakMap() }).bytes)
      .graph?.node ?? []
  ).map(({ opType, attribute }) => `${opType}${attribute?.some(({ name }) => name === "group") ? "/C" : ""}`);

describe.each([
  ["max pooling", maxPool],
  ["average pooling", averagePool],
])("A gradient through convolutions and %s", (_, pool) => {
  test.each([
    [8, 12],
    [7, 9],
    [2, 3],
  ])("is the same in the blocked layout, %i × %i pixels", async (height, width) => {
    const image = input("image", [1, CHANNELS, height, width]);
    const [blocked] = gradients(lossOf(image, fixed, pool), [image]);
    const [plain] = gradients(lossOf(image, fed, pool), [image]);
    const values = { image: uniform(image.shape, 3), kernel: kernelValues };
    const results = await evaluate({ blocked, plain }, values);
    expect(relativeError(results.blocked, results.plain)).toBeLessThan(1e-5);
  });

  test("subtracts nothing and scales nothing outside the layout, if there is one", () => {
    const image = input("image", [1, CHANNELS, 8, 8]);
    const [gradient] = gradients(total(square(pool(convolution(image, fixed, bias, 1)))), [image]);
    expect(operatorsIn({ gradient }, true)).toContain("Conv/C");
    expect(operatorsIn({ gradient }, true)).not.toContain("Sub");
    expect(operatorsIn({ gradient }, false)).not.toContain("Conv/C");
  });
});

test("Equal largest values share the gradient in the blocked layout too", async () => {
  const image = constant(new Float32Array(CHANNELS * 64).fill(0.5), [1, CHANNELS, 8, 8]);
  const flat = constant(new Float32Array(CHANNELS * CHANNELS).fill(1 / CHANNELS), [CHANNELS, CHANNELS, 1, 1]);
  const pooled = maxPool(convolution(image, flat, constant(new Float32Array(CHANNELS), [CHANNELS]), 0));
  const [gradient] = gradients(total(scale(3, pooled)), [image]);
  const results = await evaluate({ gradient });
  expect([...results.gradient]).toEqual(new Array(CHANNELS * 64).fill(0.75));
});

describe("The blocked layout", () => {
  const picture = (channels: number): Tensor => {
    const kernel = constant(new Float32Array(channels * 3), [channels, 3, 1, 1]);
    return convolution(input("x", [1, 3, 4, 4]), kernel, constant(new Float32Array(channels), [channels]), 0);
  };

  test.each<[string, Tensor, boolean]>([
    ["a convolution whose channels fill blocks", picture(32), true],
    ["its rectified, pooled and squared features", square(maxPool(relu(picture(32)))), true],
    ["a multiple of it", scale(3, picture(32)), true],
    ["its sum with a value from elsewhere", add(picture(32), input("y", [1, 32, 4, 4])), true],
    ["its product with one number a channel", multiply(picture(32), input("y", [1, 32, 1, 1])), false],
    ["a convolution whose channels fill none", picture(3), false],
    ["a convolution with a kernel that is fed", convolution(picture(16), fed, bias, 1), false],
    ["features as a matrix", reshape(picture(32), [32, 16]), false],
  ])("%s", (_, tensor, blocked) => {
    expect(tensor.blocked).toBe(blocked);
  });
});
