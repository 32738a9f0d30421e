import { describe, expect, test } from "vitest";
import type { Objective } from "../../../src/transfer/objective.ts";
import { dot, norm, relativeError, uniform } from "../../../test/evaluate.ts";
import { fourierVariables } from "./fourier-variables.ts";
import { type LinearMap, throughMap } from "./linear-map.ts";
import { pyramidVariables } from "./pyramid-variables.ts";

/** Neither square nor even, so that no level is exactly half the one before. */
const SIZE = { width: 27, height: 18 };
const PIXELS = 3 * SIZE.width * SIZE.height;

/** L(x) = g · x for a fixed g, whose gradient is g. */
const linear = (gradient: Float32Array): Objective => ({
  async evaluate(x) {
    const total = dot(gradient, x);
    return { loss: { total, content: total, style: 0, smoothness: 0, terms: {} }, gradient };
  },
  release: async () => {},
});

/** A z, and Aᵀ g. */
async function bothWays(map: LinearMap, z: Float32Array, g: Float32Array = new Float32Array(PIXELS)) {
  const objective = await throughMap(linear(g), new Float32Array(PIXELS), map);
  const change = await objective.pixels(z);
  const { gradient } = await objective.evaluate(z);
  await objective.release();
  return { change, gradient };
}

describe.each([
  ["frequencies alike", fourierVariables(0)],
  ["frequencies, half", fourierVariables(0.5)],
  ["frequencies, one", fourierVariables(1)],
  ["a pyramid", pyramidVariables(4)],
])("With %s for variables", (_, mapAt) => {
  test("the gradient is the adjoint's: A z · g = z · Aᵀ g", async () => {
    const map = mapAt(SIZE);
    const [z, g] = [uniform([map.length], 1), uniform([PIXELS], 2)];
    const { change, gradient } = await bothWays(map, z, g);
    expect(Math.abs(dot(change, g) - dot(z, gradient))).toBeLessThan(1e-5 * norm(change) * norm(g));
  });

  test("the start is the picture given", async () => {
    const given = uniform([PIXELS], 3);
    const objective = await throughMap(linear(given), given, mapAt(SIZE));
    expect(await objective.pixels(objective.start)).toEqual(given);
    await objective.release();
  });
});

describe("Fourier variables", () => {
  test("are their own inverse where all amplitudes are 1", async () => {
    const map = fourierVariables(0)(SIZE);
    const z = uniform([map.length], 4);
    const { change } = await bothWays(map, z);
    expect(norm(change) / norm(z)).toBeCloseTo(1, 5);
    expect(relativeError((await bothWays(map, change)).change, z)).toBeLessThan(1e-5);
  });

  test.each([0.5, 1])("have waves whose amplitudes fall with frequency^%s", async (power) => {
    const map = fourierVariables(power)(SIZE);
    /** A single wave of so many cycles across. */
    const wave = async (cycles: number) =>
      norm((await bothWays(map, new Float32Array(map.length).fill(1, cycles, cycles + 1))).change);
    expect((await wave(2)) / (await wave(8))).toBeCloseTo(4 ** power, 4);
    // Of 27, the 25th is the second in the other direction.
    expect((await wave(2)) / (await wave(25))).toBeCloseTo(1, 4);
  });
});

describe("A pyramid", () => {
  test("has the pixels first, and below them pictures that are enlarged", async () => {
    const map = pyramidVariables(2)({ width: 4, height: 2 });
    expect(map.length).toBe(3 * (4 * 2 + 2 * 1));
    const z = new Float32Array(map.length);
    z[5] = 1; // The second pixel of the second row.
    z.set([10, 20], 24);
    const objective = await throughMap(linear(new Float32Array(24)), new Float32Array(24), map);
    const change = await objective.pixels(z);
    await objective.release();
    expect([...change.subarray(0, 8)]).toEqual([10, 12.5, 17.5, 20, 10, 13.5, 17.5, 20]);
  });
});
