import { describe, expect, test } from "vitest";
import { evaluate } from "../../../test/evaluate.ts";
import { gradients } from "../gradients.ts";
import { constant, input, type Tensor } from "../tensor.ts";
import { absolute } from "./absolute.ts";
import { add } from "./add.ts";
import { divide } from "./divide.ts";
import { multiply, scale, square } from "./multiply.ts";
import { relu } from "./relu.ts";
import { squareRoot } from "./square-root.ts";
import { subtract } from "./subtract.ts";
import { total } from "./sum.ts";
import { atLeast, positive } from "./threshold.ts";

const vector = (...values: number[]): Tensor => constant(Float32Array.from(values), [values.length]);

async function valueAndGradient(f: (x: Tensor) => Tensor, ...at: number[]): Promise<[number[], number[]]> {
  const x = vector(...at);
  const y = f(x);
  const [gradient] = gradients(total(y), [x]);
  const results = await evaluate({ y, gradient });
  return [[...results.y], [...results.gradient]];
}

describe("Value by value", () => {
  test("relu passes what is above zero, and no gradient at zero", async () => {
    expect(await valueAndGradient(relu, -2, -1e-30, 0, 1e-30, 3)).toEqual([
      [0, 0, 0, Math.fround(1e-30), 3],
      [0, 0, 0, 1, 1],
    ]);
  });

  test("absolute has the sign as its gradient, 0 at zero", async () => {
    expect(await valueAndGradient(absolute, -2, 0, 3)).toEqual([
      [2, 0, 3],
      [-1, 0, 1],
    ]);
  });

  test("square has twice the value as its gradient", async () => {
    expect(await valueAndGradient(square, -2, 0, 3)).toEqual([
      [4, 0, 9],
      [-4, 0, 6],
    ]);
  });

  test("squareRoot has half the reciprocal root as its gradient", async () => {
    expect(await valueAndGradient(squareRoot, 0.25, 4)).toEqual([
      [0.5, 2],
      [1, 0.25],
    ]);
  });

  test("add, subtract, multiply and divide do so, broadcast", async () => {
    const [a, b] = [constant(Float32Array.of(1, 2, 3, 4), [2, 2]), vector(2, 4)];
    const results = await evaluate({
      sum: add(a, b, b),
      difference: subtract(b, a),
      product: multiply(a, b),
      quotient: divide(a, b),
      tripled: scale(3, b),
    });
    expect([...results.sum]).toEqual([5, 10, 7, 12]);
    expect([...results.difference]).toEqual([1, 2, -1, 0]);
    expect([...results.product]).toEqual([2, 8, 6, 16]);
    expect([...results.quotient]).toEqual([0.5, 0.5, 1.5, 1]);
    expect([...results.tripled]).toEqual([6, 12]);
  });
});

describe("A mask", () => {
  test("is exactly 0 or 1 for values of any size, infinite ones among them", async () => {
    const x = vector(-Infinity, -3e38, -1, -1e-30, 0, 1e-30, 1, 3e38, Infinity);
    const { above, from } = await evaluate({
      above: positive(x),
      from: atLeast(x, vector(0)),
    });
    expect([...above]).toEqual([0, 0, 0, 0, 0, 1, 1, 1, 1]);
    expect([...from]).toEqual([0, 0, 0, 0, 1, 1, 1, 1, 1]);
  });

  test("of a ≥ b is 1 where they are equal", async () => {
    const { y } = await evaluate({ y: atLeast(vector(1, 1, 1), vector(1 - 2 ** -23, 1, 1 + 2 ** -23)) });
    expect([...y]).toEqual([1, 1, 0]);
  });

  test("passes no gradient on", () => {
    const [x, y] = [input("x", [3]), input("y", [3])];
    expect(positive(x).gradient(x)).toEqual([undefined]);
    expect(atLeast(x, y).gradient(x)).toEqual([undefined, undefined]);
  });
});
