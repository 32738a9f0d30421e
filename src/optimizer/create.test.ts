import { describe, expect, test } from "vitest";
import { valley } from "../../test/valley.ts";
import { MisuseError } from "../errors.ts";
import { createOptimizer, type OptimizerSettings, type OptimizerState, resumeOptimizer } from "./create.ts";
import type { Optimizer } from "./optimizer.ts";

const SETTINGS: Readonly<Record<string, OptimizerSettings>> = {
  adam: { kind: "adam", learningRate: 0.05, beta1: 0.9, beta2: 0.99 },
  "PyTorch's L-BFGS": { kind: "lbfgs", manner: "pytorch", history: 5 },
  "L-BFGS": { kind: "lbfgs", manner: "safeguarded", history: 5, firstStep: 0.2 },
  "L-BFGS with little memory": { kind: "lbfgs", manner: "safeguarded", history: 2, firstStep: 0.2 },
};

async function tellOf(optimizer: Optimizer<OptimizerState>): Promise<void> {
  const { loss, gradient } = valley(optimizer.point);
  await optimizer.tell(loss, gradient);
}

describe.each(Object.entries(SETTINGS))("The state of %s", (_, settings) => {
  const start = Float32Array.of(-1.2, 1, -0.5, 2, 0.3);

  test("goes on to the same points from wherever it was copied", async () => {
    const whole = await createOptimizer(start, settings);
    for (let evaluation = 1; evaluation <= 30; evaluation++) {
      const resumed = await resumeOptimizer(structuredClone(await whole.state()), settings);
      expect(resumed.point).toEqual(whole.point);
      await tellOf(whole);
      await tellOf(resumed);
      expect(await resumed.state()).toEqual(await whole.state());
    }
    expect(whole.point).not.toEqual(start);
  });

  test("is refused where it contradicts itself, or belongs to another optimizer", async () => {
    const optimizer = await createOptimizer(start, settings);
    const state = await optimizer.state();
    const short = { ...structuredClone(state), accepted: new Float32Array(2) };
    await expect(resumeOptimizer(short, settings)).rejects.toThrow(MisuseError);
    const others = Object.values(SETTINGS).filter((other) => other !== settings);
    for (const other of others) {
      await expect(resumeOptimizer(structuredClone(state), other)).rejects.toThrow(MisuseError);
    }
  });
});
