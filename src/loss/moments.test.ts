import { describe, expect, test } from "vitest";
import { evaluate, relativeError, uniform } from "../../test/evaluate.ts";
import { convolution } from "../graph/operations/convolution.ts";
import { constant, input } from "../graph/tensor.ts";
import { mappedMoments, moments } from "./moments.ts";

const features = constant(uniform([1, 3, 4, 5], 1), [1, 3, 4, 5]);

describe("Moments", () => {
  test("are averages over positions", async () => {
    const two = constant(Float32Array.of(1, 3, 2, -2), [1, 2, 1, 2]);
    const { second, mean } = await evaluate({ ...moments(two) });
    expect([...mean]).toEqual([2, 0]);
    expect([...second]).toEqual([5, -2, -2, 4]);
  });

  test("of a large picture in one colour are those of its one feature, as if it had been a small one", async () => {
    const [values, side] = [[0.3, 0.7, 2.1], 1100];
    const plain = Float32Array.from({ length: 3 * side ** 2 }, (_, i) => values[Math.floor(i / side ** 2)]);
    const large = input("features", [1, 3, side, side]);
    const { second, mean } = await evaluate({ ...moments(large) }, { features: plain });
    const products = values.flatMap((a) => values.map((b) => a * b));
    expect(relativeError(mean, values)).toBeLessThan(1e-5);
    expect(relativeError(second, products)).toBeLessThan(3e-5);
  });

  test("of mapped features follow from the features' own", async () => {
    const [kernel, bias] = [uniform([5, 3], 2), uniform([5], 3)];
    const map = Float32Array.from({ length: 20 }, (_, i) =>
      i % 4 === 3 ? bias[Math.floor(i / 4)] : kernel[Math.floor(i / 4) * 3 + (i % 4)],
    );
    const mapped = convolution(features, constant(kernel, [5, 3, 1, 1]), constant(bias, [5]), 0);
    const expected = await evaluate({ ...moments(mapped) });
    const found = await evaluate({ ...mappedMoments(moments(features), constant(map, [5, 4])) });
    expect(relativeError(found.second, [...expected.second])).toBeLessThan(1e-5);
    expect(relativeError(found.mean, [...expected.mean])).toBeLessThan(1e-5);
  });
});
