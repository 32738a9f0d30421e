import { expect, test } from "vitest";
import { paceOf } from "./pace.ts";

test("a picture each ten seconds is 360 an hour, and six more take a minute", () => {
  expect(paceOf([30_000, 10_000, 20_000], 6, 30_000)).toEqual({ picturesPerHour: 360, secondsLeft: 60 });
});

test("a queue that stands still is slower the longer it does, and one that is through stays as fast as it was", () => {
  expect(paceOf([0, 10_000], 1, 30_000)).toEqual({ picturesPerHour: 180, secondsLeft: 20 });
  expect(paceOf([0, 10_000], 0, 30_000)).toEqual({ picturesPerHour: 360, secondsLeft: 0 });
});

test("one picture says nothing of the pace", () => {
  expect(paceOf([5], 3, 9)).toBeUndefined();
});
