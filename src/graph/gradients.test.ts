import { describe, expect, test } from "vitest";
import { evaluate } from "../../test/evaluate.ts";
import { gradients, topologicalOrder } from "./gradients.ts";
import { add } from "./operations/add.ts";
import { multiply, scale, square } from "./operations/multiply.ts";
import { relu } from "./operations/relu.ts";
import { rowProducts } from "./operations/row-products.ts";
import { expand, sum, total } from "./operations/sum.ts";
import { positive } from "./operations/threshold.ts";
import { ShapeError } from "./shape.ts";
import { constant, input, scalar, type Tensor } from "./tensor.ts";

const at = async (y: Tensor, inputs: Record<string, Float32Array>): Promise<number[]> => [
  ...(await evaluate({ y }, inputs)).y,
];

describe("The gradient", () => {
  const x = input("x", [2]);
  const inputs = { x: Float32Array.of(2, -3) };

  test("adds up over every way from a value to the loss", async () => {
    const squared = square(x);
    // x² + x²·x + 5x: 2x + 3x² + 5
    const [gradient] = gradients(total(add(squared, multiply(squared, x), scale(5, x))), [x]);
    expect(await at(gradient, inputs)).toEqual([21, 26]);
  });

  test("adds what is the same along an axis without writing it out", async () => {
    const matrix = input("matrix", [2, 3]);
    // Σ M Mᵀ + 10 Σ M: twice the columns' sums, and 10.
    const loss = add(total(rowProducts(matrix)), scale(10, total(sum(matrix, [1]))));
    const [gradient] = gradients(loss, [matrix]);
    const values = Float32Array.of(1, 2, 3, 4, 5, 6);
    expect(await at(gradient, { matrix: values })).toEqual([20, 24, 28, 20, 24, 28]);
    const written = topologicalOrder([gradient]).map(({ operation, shape }) => `${operation} ${shape}`);
    expect(written).toContain("add 2,3");
    expect(written).not.toContain("expand 2,3");
  });

  test("is had for an expansion, and where two expansions add up", async () => {
    const row = input("row", [1, 3]);
    const expansion = expand(row, [2, 3]);
    const matrix = input("matrix", [2, 3]);
    const values = { row: Float32Array.of(1, 2, 3), matrix: Float32Array.of(1, 2, 3, 4, 5, 6) };
    const [ofExpansion] = gradients(total(square(add(expansion, matrix))), [expansion]);
    expect(await at(ofExpansion, values)).toEqual([4, 8, 12, 10, 14, 18]);
    const columns = (weight: number) => total(scale(weight, sum(matrix, [0])));
    const [ofSums] = gradients(add(columns(1), columns(2)), [matrix]);
    expect(ofSums.shape).toEqual([2, 3]);
    expect(await at(ofSums, values)).toEqual([3, 3, 3, 3, 3, 3]);
  });

  test("is had for inputs, constants and values between, at once", async () => {
    const factor = constant(Float32Array.of(10, 100), [2]);
    const between = multiply(x, factor);
    const [dx, dFactor, dBetween] = gradients(total(square(between)), [x, factor, between]);
    expect(await at(dBetween, inputs)).toEqual([40, -600]);
    expect(await at(dx, inputs)).toEqual([400, -60_000]);
    expect(await at(dFactor, inputs)).toEqual([80, 1800]);
  });

  test("of the loss itself is 1", async () => {
    const loss = total(x);
    expect(await at(gradients(loss, [loss])[0], inputs)).toEqual([1]);
  });

  test("is zero, in its shape, for an input that the loss does not depend on", async () => {
    const other = input("other", [2, 3]);
    const [gradient] = gradients(total(x), [other]);
    expect(gradient.shape).toEqual([2, 3]);
    expect(await at(gradient, {})).toEqual([0, 0, 0, 0, 0, 0]);
  });

  test("is zero where only a mask leads to the loss", async () => {
    expect(await at(gradients(total(positive(x)), [x])[0], inputs)).toEqual([0, 0]);
  });

  test("of the same tensor asked for twice is given twice", () => {
    const [first, second] = gradients(total(square(x)), [x, x]);
    expect(second).toBe(first);
  });

  test("can be differentiated again", async () => {
    const [first] = gradients(total(multiply(square(x), x)), [x]);
    const [second] = gradients(total(first), [x]);
    expect(await at(second, inputs)).toEqual([12, -18]);
  });

  test("needs no more than the loss's shape to have one value", async () => {
    const [gradient] = gradients(square(input("one", [1, 1])), [x]);
    expect(gradient.shape).toEqual([2]);
  });

  test("of more than a single number is refused, with the shape", () => {
    expect(() => gradients(square(x), [x])).toThrow(ShapeError);
    expect(() => gradients(square(x), [x])).toThrow(
      "gradients: expected a loss that is a single number, got [2]",
    );
  });

  test("does not visit what leads nowhere", () => {
    const network = relu(input("network", [2]));
    const order = topologicalOrder(gradients(total(multiply(network, x)), [x]));
    expect(order.filter(({ operation }) => operation === "positive")).toEqual([]);
  });
});

describe("The order of a graph", () => {
  test("has every value once, after what it is made from", () => {
    const x = input("x", [2]);
    const shared = square(x);
    const y = add(shared, multiply(shared, x));
    const order = topologicalOrder([y, shared]);
    expect(new Set(order).size).toBe(order.length);
    for (const [index, tensor] of order.entries()) {
      for (const one of tensor.inputs) expect(order.indexOf(one)).toBeLessThan(index);
    }
  });

  test("is found in a graph ten thousand values deep", () => {
    let x = input("x", []);
    for (let i = 0; i < 10_000; i++) x = add(x, scalar(i));
    expect(topologicalOrder([x])).toHaveLength(20_001);
    expect(gradients(x, [x])).toHaveLength(1);
  });
});
