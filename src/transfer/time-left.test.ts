import { describe, expect, test } from "vitest";
import { secondsLeft } from "./time-left.ts";

const SMALL = { size: { width: 128, height: 96 }, iterations: 100 };
const LARGE = { size: { width: 256, height: 192 }, iterations: 50 };

describe("the time left", () => {
  test("is that of the evaluations left, at one size", () => {
    expect(secondsLeft({ evaluation: 25, seconds: 5 }, [SMALL], "gram")).toBeCloseTo(15);
  });

  test("is nothing after the last evaluation", () => {
    expect(secondsLeft({ evaluation: 100, seconds: 5 }, [SMALL], "gaussian")).toBe(0);
  });

  test("counts sizes to come by their pixels, and by what an evaluation costs at any size", () => {
    const left = secondsLeft({ evaluation: 100, seconds: 10 }, [SMALL, LARGE], "gaussian");
    expect(left).toBeCloseTo((0.1 * 54 * (256 * 192 + 25_000)) / (128 * 96 + 25_000));
  });
});
