import { describe, expect, test } from "vitest";
import { evaluate, relativeError, uniform } from "../../test/evaluate.ts";
import { expectGradientOfDifferences } from "../../test/finite-differences.ts";
import { gradients } from "../graph/gradients.ts";
import { constant, input } from "../graph/tensor.ts";
import { contentLoss } from "./content.ts";

const SHAPE = [1, 4, 3, 5];
const features = input("features", SHAPE);
const target = input("target", SHAPE);
const values = uniform(SHAPE, 1);

describe("The content loss", () => {
  test("of features shifted by a constant is its square", async () => {
    const { loss } = await evaluate(
      { loss: contentLoss(features, target, 4) },
      { features: values.map((value) => value + 0.5), target: values },
    );
    expect(loss[0]).toBeCloseTo(0.25, 6);
  });

  test("of the photograph's own features is zero", async () => {
    const { loss } = await evaluate(
      { loss: contentLoss(features, target, 4) },
      { features: values, target: values },
    );
    expect([...loss]).toEqual([0]);
  });

  test("is a mean over the filters that the rows stand for, not over the rows", async () => {
    const { loss } = await evaluate(
      { loss: contentLoss(features, target, 512) },
      { features: new Float32Array(60).fill(2), target: new Float32Array(60) },
    );
    expect(loss[0]).toBeCloseTo((4 * 4) / 512, 8);
  });

  test("has the gradient 2 (F − P) / (C·H·W)", async () => {
    const [gradient] = gradients(contentLoss(features, target, 4), [features]);
    const other = uniform(SHAPE, 2);
    const found = await evaluate({ gradient }, { features: values, target: other });
    const expected = values.map((value, i) => (2 * (value - other[i])) / 60);
    expect(relativeError(found.gradient, expected)).toBeLessThan(1e-6);
  });

  test("has the gradient that differences show", async () => {
    await expectGradientOfDifferences(contentLoss(features, constant(uniform(SHAPE, 2), SHAPE), 4), {
      features: { tensor: features, values },
    });
  });
});
