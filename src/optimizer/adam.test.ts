import { describe, expect, test } from "vitest";
import { MisuseError } from "../errors.ts";
import { adam } from "./adam.ts";

const usual = { learningRate: 0.1, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };

function rosenbrock(x: Float32Array): Float32Array {
  const bend = x[1] - x[0] ** 2;
  return Float32Array.of(-400 * x[0] * bend - 2 * (1 - x[0]), 200 * bend);
}

describe("Adam", () => {
  test("takes a first step of the learning rate against the sign of the gradient", async () => {
    const optimizer = adam(Float32Array.of(1, 1, 1, 1), usual);
    expect(await optimizer.tell(0, Float32Array.of(3, -0.001, 1e6, 0))).toBe(true);
    expect([...optimizer.accepted]).toEqual([1, 1, 1, 1]);
    [0.9, 1.1, 0.9, 1].forEach((x, i) => void expect(optimizer.point[i]).toBeCloseTo(x, 5));
  });

  test("adds epsilon outside the root", async () => {
    const optimizer = adam(Float32Array.of(0), { ...usual, epsilon: 1 });
    await optimizer.tell(0, Float32Array.of(3));
    expect(optimizer.point[0]).toBeCloseTo(-0.1 * (3 / (3 + 1)), 7);
  });

  // torch.optim.Adam of PyTorch 1.13, float64, lr=0.02, betas=(0.9, 0.99), eps=1e-3, from (-1.2, 1).
  test("follows PyTorch's on Rosenbrock's function", async () => {
    const optimizer = adam(Float32Array.of(-1.2, 1), {
      learningRate: 0.02,
      beta1: 0.9,
      beta2: 0.99,
      epsilon: 1e-3,
    });
    const golden = new Map([
      [1, [-1.1800000927639482, 1.0199997727298553]],
      [2, [-1.160165135675711, 1.039851606262027]],
      [10, [-1.0324785792180133, 1.1672346618765033]],
      [50, [-1.0350834626858045, 1.0969978196662167]],
      [200, [-0.8682504522711334, 0.7599709175595686]],
    ]);
    for (let step = 1; step <= 200; step++) {
      await optimizer.tell(0, rosenbrock(optimizer.point));
      golden.get(step)?.forEach((x, i) => void expect(optimizer.point[i]).toBeCloseTo(x, 5));
    }
  });

  test("comes to the minimum of an ill-conditioned quadratic", async () => {
    const optimizer = adam(Float32Array.of(1, 1, 1), { ...usual, learningRate: 0.02 });
    for (let k = 0; k < 3000; k++)
      await optimizer.tell(
        0,
        optimizer.point.map((x, i) => 100 ** i * (x - 0.25)),
      );
    for (const x of optimizer.point) expect(x).toBeCloseTo(0.25, 3);
  });

  test("goes on from its moments as if it had never stopped", async () => {
    const whole = adam(Float32Array.of(-1.2, 1), usual);
    for (let k = 0; k < 10; k++) await whole.tell(0, rosenbrock(whole.point));
    const resumed = adam(whole.point, { ...usual, moments: whole.moments });
    for (let k = 0; k < 10; k++) {
      await whole.tell(0, rosenbrock(whole.point));
      await resumed.tell(0, rosenbrock(resumed.point));
    }
    expect(resumed.point).toEqual(whole.point);
    expect(resumed.moments).toEqual(whole.moments);
  });

  test("stays where the gradient has always been zero, even with an epsilon of zero", async () => {
    const optimizer = adam(Float32Array.of(2), { ...usual, epsilon: 0 });
    await optimizer.tell(1, Float32Array.of(0));
    expect(optimizer.point[0]).toBe(2);
  });

  test("neither changes the start nor keeps the gradient's array", async () => {
    const start = Float32Array.of(1);
    const gradient = Float32Array.of(1);
    const optimizer = adam(start, usual);
    await optimizer.tell(0, gradient);
    gradient[0] = Number.NaN;
    await optimizer.tell(0, Float32Array.of(1));
    expect(start[0]).toBe(1);
    expect(optimizer.point[0]).toBeCloseTo(0.8, 5);
  });

  test.each([
    [{ learningRate: 0 }, "Expected a finite number above 0 for learningRate but received 0"],
    [{ beta1: 1 }, "Expected a number in [0, 1) for beta1 but received 1"],
    [{ beta2: Number.NaN }, "Expected a number in [0, 1) for beta2 but received NaN"],
    [{ epsilon: -1 }, "Expected a finite number of at least 0 for epsilon but received -1"],
    [
      { moments: { first: new Float32Array(1), second: new Float32Array(2), steps: 1 } },
      "Expected 2 numbers for first but received 1",
    ],
  ])("refuses %j", (wrong, message) => {
    const make = () => adam(new Float32Array(2), { ...usual, ...wrong });
    expect(make).toThrow(MisuseError);
    expect(make).toThrow(message);
  });

  test("refuses a gradient of another size", async () => {
    await expect(adam(new Float32Array(2), usual).tell(0, new Float32Array(3))).rejects.toThrow(MisuseError);
  });
});
