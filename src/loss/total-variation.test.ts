import { describe, expect, test } from "vitest";
import { evaluate, farFromKinks } from "../../test/evaluate.ts";
import { expectGradientOfDifferences } from "../../test/finite-differences.ts";
import { gradients } from "../graph/gradients.ts";
import { constant, input, type Tensor } from "../graph/tensor.ts";
import { squaredVariation, totalVariation } from "./total-variation.ts";

/** A picture of three channels, the same value in each. */
function picture(height: number, width: number, value: (y: number, x: number) => number): Tensor {
  const plane = Array.from({ length: height * width }, (_, i) => value(Math.floor(i / width), i % width));
  return constant(Float32Array.from([...plane, ...plane, ...plane]), [1, 3, height, width]);
}

const numberOf = async (loss: Tensor): Promise<number> => (await evaluate({ loss })).loss[0];

describe.each([
  ["The total variation", totalVariation, 2],
  ["The squared variation", squaredVariation, 4],
] as const)("%s", (_, variation, ofTwo) => {
  test("of a checkerboard counts every pair of neighbours", async () => {
    const [height, width] = [5, 4];
    const board = picture(height, width, (y, x) => (x + y) % 2);
    expect(await numberOf(variation(board))).toBe(3 * (height * (width - 1) + width * (height - 1)));
  });

  test("of a ramp is the sum of its steps, or of their squares, in every row", async () => {
    expect(await numberOf(variation(picture(5, 4, (_, x) => 2 * x)))).toBe(3 * 5 * 3 * ofTwo);
  });

  test("of a flat picture is zero, and so is its gradient", async () => {
    const flat = picture(3, 4, () => 0.7);
    const loss = variation(flat);
    const [gradient] = gradients(loss, [flat]);
    const results = await evaluate({ loss, gradient });
    expect([...results.loss]).toEqual([0]);
    expect(results.gradient.every((value) => value === 0)).toBe(true);
  });

  test("has the gradient that differences show", async () => {
    const image = input("image", [1, 2, 5, 3]);
    await expectGradientOfDifferences(variation(image), {
      image: { tensor: image, values: farFromKinks(image.shape, 1) },
    });
  });
});
