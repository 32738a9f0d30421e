import { expect, test } from "vitest";
import { isGoodEnough, shorterStep } from "./line-search.ts";

const start = { loss: 1, lowest: 1, slope: -1, noise: 1e-6 };

test("A trial that keeps a part of the promised decrease is good enough, one that keeps less is not.", () => {
  expect(isGoodEnough(start, { step: 1, loss: 0.9998, slope: 5 })).toBe(true);
  expect(isGoodEnough(start, { step: 1, loss: 0.99995, slope: 5 })).toBe(false);
});

test("A loss equal but for rounding is good enough only if the slope has not turned as steeply upwards.", () => {
  expect(isGoodEnough(start, { step: 1, loss: 1 + 9e-7, slope: 0.9 })).toBe(true);
  expect(isGoodEnough(start, { step: 1, loss: 1 + 9e-7, slope: 1.1 })).toBe(false);
  expect(isGoodEnough(start, { step: 1, loss: 1 + 2e-6, slope: 0.9 })).toBe(false);
});

test("The allowance for rounding counts from the lowest loss, so that it cannot add up.", () => {
  const risen = { ...start, loss: 1 + 9e-7 };
  expect(isGoodEnough(risen, { step: 1, loss: 1 + 15e-7, slope: 0 })).toBe(false);
});

test("A trial that is not a number is not good enough.", () => {
  expect(isGoodEnough(start, { step: 1, loss: Number.NaN, slope: Number.NaN })).toBe(false);
});

test("The next step is the minimum of a cubic, exactly.", () => {
  // φ(t) = t³/3 + t²/2 − 2t has its minimum at 1; φ(3) = 7.5, φ'(3) = 10.
  const trial = { step: 3, loss: 7.5, slope: 10 };
  expect(shorterStep({ loss: 0, lowest: 0, slope: -2, noise: 0 }, trial)).toBeCloseTo(1, 12);
});

test("The next step is the minimum of a parabola, exactly.", () => {
  // φ(t) = (t − 1)²
  expect(
    shorterStep({ loss: 1, lowest: 1, slope: -2, noise: 0 }, { step: 4, loss: 9, slope: 6 }),
  ).toBeCloseTo(1, 12);
});

test("The next step is never less than a tenth of the last, nor more than half.", () => {
  expect(shorterStep(start, { step: 1, loss: 1e9, slope: 3e9 })).toBe(0.1);
  expect(shorterStep(start, { step: 1, loss: 1.0001, slope: 10 })).toBe(0.5);
});

test("A trial that is not finite shortens the step to a quarter.", () => {
  expect(shorterStep(start, { step: 8, loss: Number.NaN, slope: 1 })).toBe(2);
  expect(shorterStep(start, { step: 8, loss: 0, slope: Number.POSITIVE_INFINITY })).toBe(2);
});
