import { describe, expect, test } from "vitest";
import { cubicSteps, fewestSteps, type Step } from "./minimax-steps.ts";

/** The farthest from 1 that values from `least` to 1 end. */
function worst(steps: readonly Step[], least: number): number {
  const values = Array.from({ length: 2001 }, (_, i) => least ** (i / 2000));
  const ends = values.map((value) =>
    steps.reduce((x, { a, b, c }) => a * x + b * x ** 3 + c * x ** 5, value),
  );
  return Math.max(...ends.map((end) => Math.abs(end - 1)));
}

describe("The steps to 1", () => {
  test("are Newton and Schulz's where values are close already", () => {
    const [step] = cubicSteps(0.9999, 1);
    expect(step?.a).toBeCloseTo(1.5, 3);
    expect(step?.b).toBeCloseTo(-0.5, 3);
  });

  test.each([1e-3, 5e-3, 0.1])("bring values from %d on to 1, to the digits of float32", (least) => {
    expect(worst(fewestSteps(least), least)).toBeLessThan(2e-7);
    expect(worst(cubicSteps(least, 14), least)).toBeLessThan(1e-12);
  });

  test("take fewer products as quintics: four a step and two for the first, where cubics take three and one", () => {
    const quintics = fewestSteps(5e-3);
    expect(quintics.map(({ c }) => c === 0)).toEqual([false, false, false, false, false, true]);
    expect(worst(cubicSteps(5e-3, 9), 5e-3)).toBeLessThan(2e-7);
    expect(worst(cubicSteps(5e-3, 8), 5e-3)).toBeGreaterThan(2e-7);
    expect(2 + 4 * 4 + 3).toBeLessThan(1 + 8 * 3);
  });

  test("leave nothing farther from 1 than the next best would", () => {
    const [{ a = 0, b = 0, c = 0 } = {}] = fewestSteps(0.1);
    const distance = (x: number): number => Math.abs(a * x + b * x ** 3 + c * x ** 5 - 1);
    // As far at both ends: what makes it the best of its degree.
    expect(distance(0.1)).toBeCloseTo(distance(1), 9);
  });
});
