import { describe, expect, test } from "vitest";
import { jobOf } from "../../job/recipe.ts";
import { costOf, secondsLeft } from "./time-left.ts";

describe("The time that is left of a batch", () => {
  test("is unknown until one picture says something of it", () => {
    expect(secondsLeft([], { cost: 5, secondsElapsed: 1, secondsLeft: undefined }, [5])).toBeUndefined();
  });

  test("is what the present one says of itself, and as much for the others as they cost", () => {
    expect(secondsLeft([], { cost: 5, secondsElapsed: 4, secondsLeft: 6 }, [5, 10])).toBe(6 + 10 + 20);
  });

  test("goes by all that are done, where the present one does not know yet", () => {
    const done = [{ cost: 4, seconds: 8 }];
    expect(secondsLeft(done, { cost: 5, secondsElapsed: 4, secondsLeft: undefined }, [1])).toBe(6 + 2);
    expect(secondsLeft(done, { cost: 5, secondsElapsed: 99, secondsLeft: undefined }, [1])).toBe(2);
  });
});

test("A picture costs what its evaluations do, at all its sizes", () => {
  const input = { name: "a", checksum: "0" };
  const inputs = { content: input, styles: [{ ...input, weight: 1 }] };
  const engine = { network: input, runtime: { device: "cpu", threads: 1 } } as const;
  const cost = (options: object): number =>
    costOf(jobOf(inputs, options, { width: 100, height: 50 }, engine));
  const one = cost({ size: 400, scales: 1, iterations: 1 });
  expect(cost({ size: 400, scales: 1, iterations: 10 })).toBeCloseTo(10 * one);
  expect(cost({ size: 800, scales: 1, iterations: 1 }) / one).toBeGreaterThan(2);
  expect(cost({ size: 400, scales: 2, iterations: 1 }) / one).toBeGreaterThan(1);
});
