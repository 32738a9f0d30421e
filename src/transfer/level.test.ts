import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { uniform } from "../../test/evaluate.ts";
import { level, levelled } from "./level.ts";
import type { Objective } from "./objective.ts";

/** The mean of the values that a condition holds for. */
function meanWhere(values: Float32Array, holds: (index: number) => boolean): number {
  const chosen = values.filter((_, i) => holds(i));
  return chosen.reduce((sum, value) => sum + value, 0) / chosen.length;
}

const sizes = fc.record({ width: fc.integer({ min: 2, max: 12 }), height: fc.integer({ min: 2, max: 12 }) });

describe("levelling", () => {
  it("makes even and odd rows and columns equal in each plane, and keeps its mean, for sides of any parity", () => {
    fc.assert(
      fc.property(sizes, fc.integer({ min: 1, max: 1000 }), ({ width, height }, seed) => {
        const values = uniform([3, height, width], seed).map(
          (value, i) => value + (Math.floor(i / width) % 2),
        );
        const before = values.slice();
        level(values, { width, height });
        for (let plane = 0; plane < 3; plane++) {
          const part = (all: Float32Array) =>
            all.subarray(plane * width * height, (plane + 1) * width * height);
          const [now, then] = [part(values), part(before)];
          const row = (parity: number) => meanWhere(now, (i) => Math.floor(i / width) % 2 === parity);
          const column = (parity: number) => meanWhere(now, (i) => (i % width) % 2 === parity);
          expect(row(0)).toBeCloseTo(row(1), 5);
          expect(column(0)).toBeCloseTo(column(1), 5);
          expect(meanWhere(now, () => true)).toBeCloseTo(
            meanWhere(then, () => true),
            5,
          );
        }
      }),
    );
  });

  it.each([
    [97, 73],
    [16, 17],
    [10, 8],
    [1, 5],
    [5, 1],
  ])("leaves a plain picture of %i×%i as it is", (width, height) => {
    const values = new Float32Array(3 * width * height).fill(1);
    level(values, { width, height });
    for (const value of values) expect(value).toBeCloseTo(1, 6);
  });

  it("takes nothing else away", () => {
    const [width, height] = [6, 4];
    // A plane that falls to the right and downwards, but in pairs of rows and columns.
    const slope = Float32Array.from(
      { length: width * height },
      (_, i) => Math.floor((i % width) / 2) + 3 * Math.floor(Math.floor(i / width) / 2),
    );
    const values = slope.slice();
    level(values, { width, height });
    for (const [i, value] of values.entries()) expect(value).toBeCloseTo(slope[i], 6);
  });

  it("of an objective is that of its gradient, with the same loss", async () => {
    const size = { width: 2, height: 2 };
    const loss = { total: 1, terms: {} };
    let released = false;
    let asked: readonly unknown[] = [];
    const objective: Objective = {
      async evaluate(...arguments_) {
        asked = arguments_;
        return { loss, gradient: Float32Array.of(1, 1, 0, 0, 0, 1, 0, 1, 1, 0, 0, 1) };
      },
      release: async () => {
        released = true;
      },
    };
    const level = levelled(objective, size);
    const question = [new Float32Array(12), { smoothness: 2 }, new AbortController().signal] as const;
    const evaluation = await level.evaluate(...question);
    expect(asked).toHaveLength(question.length);
    for (const [index, argument] of question.entries()) expect(asked[index]).toBe(argument);
    expect(evaluation.loss).toBe(loss);
    expect([...evaluation.gradient]).toEqual([0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 1, 0, 0, 1]);
    await level.release();
    expect(released).toBe(true);
  });
});
