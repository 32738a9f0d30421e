import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { evaluate } from "../../test/evaluate.ts";
import { input } from "../graph/tensor.ts";
import { gaussianMeasure } from "../loss/gaussian.ts";
import { gramMeasure } from "../loss/gram.ts";
import { moments } from "../loss/moments.ts";
import { powerOf, unitOfPower } from "./power.ts";

const power = fc.double({ min: 1e-3, max: 1e6, noNaN: true });

describe("the unit of power", () => {
  it("is the power itself where both pictures have the same", () => {
    expect(unitOfPower(500, 500)).toBe(500);
  });

  it("is the harmonic mean for the picture of less power, the arithmetic mean for that of more", () => {
    expect(unitOfPower(1, 3)).toBe(1.5);
    expect(unitOfPower(3, 1)).toBe(2);
  });

  it("keeps the balance between two pictures that differ little, and grows for the flatter one", () => {
    const balance = (flat: number) => unitOfPower(1, flat) / unitOfPower(flat, 1);
    expect(balance(0.7)).toBeLessThan(1.04);
    expect(balance(0.1)).toBeGreaterThan(3);
    expect(balance(0.01) / balance(0.1)).toBeGreaterThan(8);
  });

  it("is above zero, between the powers, and scales with them", () => {
    fc.assert(
      fc.property(power, power, (own, other) => {
        const unit = unitOfPower(own, other);
        expect(unit).toBeGreaterThanOrEqual(Math.min(own, other) * (1 - 1e-12));
        expect(unit).toBeLessThanOrEqual(Math.max(own, other) * (1 + 1e-12));
        expect(unitOfPower(7 * own, 7 * other) / (7 * unit)).toBeCloseTo(1, 9);
      }),
    );
  });
});

describe("a picture's power", () => {
  it("is the mean of the squared features over channels and positions", async () => {
    const tensor = input("features", [1, 2, 1, 3]);
    const found = await evaluate(
      { power: powerOf(moments(tensor), { tensor, channels: 2 }) },
      { features: Float32Array.of(1, 2, 3, 0, 0, 4) },
    );
    expect(found.power[0]).toBeCloseTo((1 + 4 + 9 + 16) / 6, 5);
  });

  it("is above zero where there is nothing to see", async () => {
    const tensor = input("features", [1, 2, 1, 3]);
    const outputs = { power: powerOf(moments(tensor), { tensor, channels: 2 }) };
    const { power } = await evaluate(outputs, { features: new Float32Array(6) });
    expect(power[0]).toBeGreaterThan(0);
  });

  it.each([
    ["gaussian", gaussianMeasure],
    ["gram", gramMeasure],
  ])("makes the %s measure the same for features of any scale", async (_, measure) => {
    const shape = [1, 3, 4, 5];
    const values = Float32Array.from({ length: 60 }, (_, i) => Math.abs(Math.sin(i)));
    const other = Float32Array.from({ length: 60 }, (_, i) => Math.abs(Math.cos(3 * i)));
    const [features, target] = [input("features", shape), input("target", shape)];
    const ofTarget = moments(target);
    const outputs = {
      loss: measure.loss(moments(features), measure.prepare(ofTarget, 3), 3),
      power: powerOf(ofTarget, { tensor: target, channels: 3 }),
    };
    const distances = [1, 100].map(async (scale) => {
      const times = (plain: Float32Array) => plain.map((value) => scale * value);
      const { loss, power } = await evaluate(outputs, { features: times(values), target: times(other) });
      return loss[0] * measure.inUnits(scale ** 2, power[0], 3);
    });
    const [one, hundred] = await Promise.all(distances);
    expect(one).toBeGreaterThan(1e-3);
    expect(hundred / one).toBeCloseTo(1, 3);
  });
});
