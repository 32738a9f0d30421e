import { describe, expect, test } from "vitest";
import { evaluate } from "../../../test/evaluate.ts";
import { gradients } from "../gradients.ts";
import { ShapeError } from "../shape.ts";
import { constant, input, type Tensor } from "../tensor.ts";
import { averagePool, upsample } from "./average-pool.ts";
import { maxPool } from "./max-pool.ts";
import { multiply } from "./multiply.ts";
import { total } from "./sum.ts";

/** A picture of one channel from its rows. */
const picture = (...rows: readonly number[][]): Tensor =>
  constant(Float32Array.from(rows.flat()), [1, 1, rows.length, rows[0].length]);

async function gradientOf(pool: (x: Tensor) => Tensor, x: Tensor, incoming: Tensor): Promise<number[]> {
  const [gradient] = gradients(total(multiply(pool(x), incoming)), [x]);
  return [...(await evaluate({ gradient })).gradient];
}

describe("Max pooling", () => {
  test("takes the largest of each window and leaves out the last row and column of odd sizes", async () => {
    const x = picture([1, 2, 3, 4, 99], [5, 6, -7, 0, 99], [99, 99, 99, 99, 99]);
    expect([...(await evaluate({ y: maxPool(x) })).y]).toEqual([6, 4]);
  });

  test("gives the whole gradient to the largest value, and none to what no window covers", async () => {
    const x = picture([1, 2, 3, 4, 9], [5, 6, -7, 0, 9], [9, 9, 9, 9, 9]);
    expect(await gradientOf(maxPool, x, picture([10, 20]))).toEqual([
      ...[0, 0, 0, 20, 0],
      ...[0, 10, 0, 0, 0],
      ...[0, 0, 0, 0, 0],
    ]);
  });

  test("shares the gradient equally among two, three and four equal largest values", async () => {
    const x = picture([1, 7, 2, 2, 3, 3], [7, 0, 2, 1, 3, 3]);
    const found = await gradientOf(maxPool, x, picture([12, 12, 12]));
    expect(found).toEqual([0, 6, 4, 4, 3, 3, 6, 0, 4, 0, 3, 3]);
  });

  test("keeps the sum of the gradient through four poolings of a flat picture", async () => {
    const x = constant(new Float32Array(32 * 32).fill(0.3), [1, 1, 32, 32]);
    const found = await gradientOf(
      (one) => maxPool(maxPool(maxPool(maxPool(one)))),
      x,
      picture([1, 1], [1, 1]),
    );
    expect(found).toEqual(new Array(1024).fill(1 / 256));
  });

  test("tells values apart that differ by the last bit, near zero too", async () => {
    const tiny = 1e-30;
    const x = picture([1, 1 + 2 ** -23, tiny, 0], [0, 0, 0, 0]);
    expect(await gradientOf(maxPool, x, picture([1, 1]))).toEqual([0, 1, 1, 0, 0, 0, 0, 0]);
  });
});

describe("Average pooling", () => {
  test("takes the mean of each window and leaves out the last row and column of odd sizes", async () => {
    const x = picture([1, 2, 3, 4, 99], [5, 6, -7, 0, 99], [99, 99, 99, 99, 99]);
    expect([...(await evaluate({ y: averagePool(x) })).y]).toEqual([3.5, 0]);
  });

  test("gives a quarter of the gradient to each value, and none to what no window covers", async () => {
    const x = picture([1, 2, 3], [5, 6, 7], [9, 9, 9]);
    expect(await gradientOf(averagePool, x, picture([8]))).toEqual([2, 2, 0, 2, 2, 0, 0, 0, 0]);
  });
});

describe("Upsampling", () => {
  test("repeats each value over a 2×2 block", async () => {
    const { y } = await evaluate({ y: upsample(picture([1, 2])) });
    expect([...y]).toEqual([1, 1, 2, 2, 1, 1, 2, 2]);
  });

  test("gives each value the sum of its block's gradient", async () => {
    const incoming = picture([1, 2, 3, 4], [10, 20, 30, 40]);
    expect(await gradientOf(upsample, picture([0, 0]), incoming)).toEqual([33, 77]);
  });
});

test.each([
  ["maxPool", maxPool, [1, 8, 1, 4]],
  ["averagePool", averagePool, [1, 8, 4, 1]],
  ["maxPool", maxPool, [8, 4, 4]],
  ["upsample", upsample, [8, 4, 4]],
] as const)("%s refuses what it cannot take, naming itself and the shape", (name, pool, shape) => {
  const make = () => pool(input("x", shape));
  expect(make).toThrow(ShapeError);
  expect(make).toThrow(new RegExp(`^${name}: .*\\[${shape.join(", ")}\\]$`));
});
