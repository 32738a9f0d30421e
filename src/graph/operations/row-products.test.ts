import { expect, it } from "vitest";
import { evaluate, randomNumbers } from "../../../test/evaluate.ts";
import { input } from "../tensor.ts";
import { rowProducts } from "./row-products.ts";

it("sums up millions of columns without losing what float32 can tell", async () => {
  const shape = [1, 2 ** 22];
  const next = randomNumbers(1);
  // Added one by one to so large a sum, squares lose most of their digits.
  const x = Float32Array.from({ length: shape[1] }, next);
  const { products } = await evaluate({ products: rowProducts(input("x", shape)) }, { x });
  const exact = x.reduce((sum, value) => sum + value * value, 0);
  expect(Math.abs(products[0] / exact - 1)).toBeLessThan(1e-5);
});
