import { expect, test } from "vitest";
import { worstEstimate } from "./progress.ts";

const at = (seconds: number, secondsLeft?: number) => ({
  seconds,
  secondsLeft,
  loss: 1,
  width: 1,
  height: 1,
});

test("The worst estimate is the one furthest off, as a part of what was left", () => {
  const trace = [at(20, 84), at(50, 40), at(90, 11)];
  expect(worstEstimate({ seconds: 100, trace })).toBeCloseTo(0.2, 12);
});

test("The first tenth of the way and the last moments do not count", () => {
  expect(worstEstimate({ seconds: 100, trace: [at(5, 1), at(50, 50), at(99, 10)] })).toBe(0);
});

test("Without estimates there is none", () => {
  expect(worstEstimate({ seconds: 100, trace: [at(50)] })).toBeUndefined();
});
