import { describe, expect, test } from "vitest";
import { MisuseError } from "../errors.ts";
import { createOptimizer, type OptimizerSettings, resumeOptimizer } from "./create.ts";

const SETTINGS: Readonly<Record<string, OptimizerSettings>> = {
  adam: { kind: "adam", learningRate: 0.05, beta1: 0.9, beta2: 0.99 },
  "PyTorch's L-BFGS": { kind: "lbfgs", manner: "pytorch", history: 5 },
  "L-BFGS": { kind: "lbfgs", manner: "safeguarded", history: 5, firstStep: 0.2 },
  "L-BFGS with little memory": { kind: "lbfgs", manner: "safeguarded", history: 2, firstStep: 0.2 },
};

/** A valley whose floor is bent, so that line searches fail now and then. */
function tellOf(optimizer: ReturnType<typeof createOptimizer>): void {
  const { point } = optimizer;
  const gradient = new Float32Array(point.length);
  let loss = 0;
  for (let i = 0; i + 1 < point.length; i++) {
    const bend = point[i + 1] - point[i] ** 2;
    loss += 5 * bend ** 2 + (1 - point[i]) ** 2;
    gradient[i] += -20 * point[i] * bend - 2 * (1 - point[i]);
    gradient[i + 1] += 10 * bend;
  }
  optimizer.tell(loss, gradient);
}

describe.each(Object.entries(SETTINGS))("The state of %s", (_, settings) => {
  const start = Float32Array.of(-1.2, 1, -0.5, 2, 0.3);

  test("goes on to the same points from wherever it was copied", () => {
    const whole = createOptimizer(start, settings);
    for (let evaluation = 1; evaluation <= 30; evaluation++) {
      const resumed = resumeOptimizer(structuredClone(whole.state), settings);
      expect(resumed.point).toEqual(whole.point);
      tellOf(whole);
      tellOf(resumed);
      expect(resumed.state).toEqual(whole.state);
    }
    expect(whole.point).not.toEqual(start);
  });

  test("is refused where it contradicts itself, or belongs to another optimizer", () => {
    const { state } = createOptimizer(start, settings);
    const short = { ...structuredClone(state), accepted: new Float32Array(2) };
    expect(() => resumeOptimizer(short, settings)).toThrow(MisuseError);
    const others = Object.values(SETTINGS).filter((other) => other !== settings);
    for (const other of others) {
      expect(() => resumeOptimizer(structuredClone(state), other)).toThrow(MisuseError);
    }
  });
});
