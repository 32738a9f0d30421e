import { describe, expect, test } from "vitest";
import { TimeLeft } from "./time-left.ts";

const SMALL = { size: { width: 128, height: 96 }, iterations: 100, pixelsSeen: 128 * 96 };
const LARGE = { size: { width: 256, height: 192 }, iterations: 50, pixelsSeen: 256 * 192 };
const IN_BLOCKS = { size: { width: 2048, height: 1536 }, iterations: 12, pixelsSeen: 3 * 2048 * 1536 };
const costs = [128 * 96 + 30_000, 256 * 192 + 30_000, 3 * 2048 * 1536 + 30_000];

describe("the time left", () => {
  test("is that of the evaluations left, at one size", () => {
    const timeLeft = new TimeLeft([SMALL], "gaussian", false);
    for (let evaluation = 1; evaluation < 25; evaluation++) timeLeft.after(0, evaluation, 0.2);
    expect(timeLeft.after(0, 25, 0.2)).toBeCloseTo(15);
  });

  test("is nothing after the last evaluation, be it the first", () => {
    expect(new TimeLeft([SMALL], "gaussian", false).after(0, 100, 0.1)).toBe(0);
    expect(new TimeLeft([{ ...SMALL, iterations: 1 }], "gaussian", false).after(0, 1, 0.1)).toBe(0);
  });

  test("is not told while quick evaluations warm up, and then not by them", () => {
    const timeLeft = new TimeLeft([SMALL], "gaussian", false);
    const told = [0.8, 0.03, 0.02, 0.01].map((seconds, index) => timeLeft.after(0, index + 1, seconds));
    expect(told.slice(0, 3)).toEqual([undefined, undefined, undefined]);
    expect(told[3]).toBeCloseTo(0.96);
  });

  test("is not told by a first evaluation that takes seconds to warm up", () => {
    const timeLeft = new TimeLeft([SMALL], "gaussian", false);
    expect(timeLeft.after(0, 1, 2)).toBeUndefined();
    expect(timeLeft.after(0, 2, 0.1)).toBeUndefined();
  });

  test("is told from the first evaluation on where evaluations take long", () => {
    expect(new TimeLeft([SMALL], "gaussian", false).after(0, 1, 5)).toBeCloseTo(495);
  });

  test("counts sizes to come by their pixels, and by what an evaluation costs at any size", () => {
    const timeLeft = new TimeLeft([SMALL, LARGE], "gaussian", false);
    expect(timeLeft.after(0, 100, 0.1)).toBeCloseTo((0.1 * 54 * costs[1]) / costs[0]);
  });

  test("is not misled by a slow first evaluation at a new size, and soon follows the others", () => {
    const timeLeft = new TimeLeft([SMALL, LARGE], "gaussian", false);
    timeLeft.after(0, 100, 0.1);
    expect(timeLeft.after(1, 1, 3)).toBeCloseTo((0.1 * 49 * costs[1]) / costs[0]);
    for (let evaluation = 2; evaluation < 40; evaluation++) timeLeft.after(1, evaluation, 1);
    expect((timeLeft.after(1, 40, 1) ?? 0) / 10).toBeCloseTo(1, 1);
  });

  test("hardly changes for an evaluation that took an hour, because the machine was suspended", () => {
    const timeLeft = new TimeLeft([SMALL], "gaussian", false);
    for (let evaluation = 1; evaluation < 50; evaluation++) timeLeft.after(0, evaluation, 0.2);
    expect(timeLeft.after(0, 50, 3600)).toBeCloseTo(11);
  });

  test("in blocks counts all that is looked at, and follows after three evaluations that are half as slow again", () => {
    const timeLeft = new TimeLeft([SMALL, IN_BLOCKS], "gaussian", false);
    // In blocks a size begins with one evaluation's worth of other work.
    expect(timeLeft.after(0, 100, 0.1)).toBeCloseTo((0.1 * 13 * costs[2]) / costs[0]);
    const seconds = (1.5 * 0.1 * costs[2]) / costs[0];
    const left = [1, 2, 3].map((evaluation) => timeLeft.after(1, evaluation, seconds) ?? 0);
    expect(left[0] / (11 * seconds)).toBeGreaterThan(0.8);
    expect(left[2] / (9 * seconds)).toBeGreaterThan(0.9);
  });
});
