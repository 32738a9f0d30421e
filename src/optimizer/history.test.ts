import { describe, expect, test } from "vitest";
import { MisuseError } from "../errors.ts";
import { emptyHistory, type History, openHistory } from "./history.ts";
import { hostVectors } from "./host-vectors.ts";
import { pairProducts } from "./kernels.ts";

/** One thing that was learned: along `s` the gradient changes by `y`. */
interface Pair {
  readonly s: Float32Array;
  readonly y: Float32Array;
}

const historyOf = (size: number, capacity: number): Promise<History<Float32Array>> =>
  openHistory(hostVectors(size), emptyHistory(capacity));

/** Keeps a pair, whatever it is worth. */
async function keep(
  history: History<Float32Array>,
  s: Float32Array,
  gradient: Float32Array,
  previous: Float32Array,
): Promise<Pair> {
  await history.keep(s, gradient, previous, pairProducts(s, gradient, previous));
  return { s, y: gradient.map((g, i) => g - previous[i]) };
}

/** The two-loop recursion as the books print it, in doubles: what the products must agree with. */
function twoLoop(pairs: readonly Pair[], gradient: ArrayLike<number>): Float64Array {
  const q = Float64Array.from(gradient);
  const alphas: number[] = [];
  for (const { s, y } of pairs.toReversed()) {
    const alpha = dot(s, q) / dot(s, y);
    alphas.unshift(alpha);
    add(-alpha, y, q);
  }
  const newest = pairs.at(-1);
  const gamma = newest ? dot(newest.s, newest.y) / dot(newest.y, newest.y) : 1;
  const r = q.map((x) => gamma * x);
  for (const [k, { s, y }] of pairs.entries()) add(alphas[k] - dot(y, r) / dot(s, y), s, r);
  return r.map((x) => -x);
}

/** to ← to + c·v */
function add(c: number, v: Float32Array, to: Float32Array | Float64Array): void {
  for (let i = 0; i < v.length; i++) to[i] += c * v[i];
}

function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

function relativeError(actual: ArrayLike<number>, expected: Float64Array): number {
  const error = expected.map((x, i) => actual[i] - x);
  return Math.sqrt(dot(error, error) / dot(expected, expected));
}

/** Σ ½cᵢ(xᵢ − 0.3)², the c spread evenly in the exponent from 1 to the condition number. */
function quadraticGradient(condition: number) {
  return (x: Float32Array) => x.map((v, i) => condition ** (i / Math.max(1, x.length - 1)) * (v - 0.3));
}

/** Σ 100(xᵢ₊₁ − xᵢ²)² + (1 − xᵢ)² */
function rosenbrockGradient(x: Float32Array): Float32Array {
  const gradient = new Float64Array(x.length);
  for (let i = 0; i + 1 < x.length; i++) {
    const bend = x[i + 1] - x[i] ** 2;
    gradient[i] += -400 * x[i] * bend - 2 * (1 - x[i]);
    gradient[i + 1] += 200 * bend;
  }
  return Float32Array.from(gradient);
}

function waves(length: number): Float32Array {
  return Float32Array.from({ length }, (_, i) => Math.sin(12.9898 * (i + 1)));
}

/** Follows the directions a while, a cautious step each, and gives back the worst disagreement with the two loops. */
async function worstError(
  gradientAt: (x: Float32Array) => Float32Array,
  size: number,
  capacity: number,
): Promise<number> {
  const history = await historyOf(size, capacity);
  const pairs: Pair[] = [];
  const x = waves(size);
  let gradient = gradientAt(x);
  const direction = new Float32Array(size);
  let worst = 0;
  for (let k = 0; k < 150; k++) {
    const slope = await history.direction(gradient, direction);
    worst = Math.max(worst, relativeError(direction, twoLoop(pairs.slice(-capacity), gradient)));
    expect(slope).toBeCloseTo(dot(direction, gradient), 8);
    const length = Math.min(1, 0.1 / Math.sqrt(dot(direction, direction)));
    const step = direction.map((d) => length * d);
    add(1, step, x);
    const next = gradientAt(x);
    if (dot(next, next) < 1e-8) break;
    const { sy, ss, yy } = pairProducts(step, next, gradient);
    if (sy > 1e-6 * Math.sqrt(ss * yy)) pairs.push(await keep(history, step, next, gradient));
    gradient = next;
  }
  return worst;
}

/** Where few numbers share the rounding of y to float32, a large condition shows it. */
function tolerance(size: number): number {
  return size < 100 ? 2e-5 : 1e-6;
}

describe("The history of L-BFGS", () => {
  test("gives −g without a pair", async () => {
    const direction = new Float32Array(3);
    expect(await (await historyOf(3, 5)).direction(Float32Array.of(1, -2, 3), direction)).toBe(-14);
    expect([...direction]).toEqual([-1, 2, -3]);
  });

  test("gives the Newton step of a parabola from one pair", async () => {
    const history = await historyOf(1, 5);
    await keep(history, Float32Array.of(0.5), Float32Array.of(4), Float32Array.of(2));
    const direction = new Float32Array(1);
    await history.direction(Float32Array.of(4), direction);
    expect(direction[0]).toBe(-1);
    expect(history.gamma).toBe(0.25);
  });

  test.each([1, 2, 3, 5, 8, 20, 100])(
    "agrees with the two loops on quadratics, with room for %i pairs",
    async (capacity) => {
      for (const condition of [1, 10, 1e3, 1e5, 1e7]) {
        for (const size of [1, 2, 17, 300]) {
          expect(await worstError(quadraticGradient(condition), size, capacity)).toBeLessThan(
            tolerance(size),
          );
        }
      }
    },
  );

  test.each([1, 3, 4, 10, 100])(
    "agrees with the two loops on Rosenbrock's function, with room for %i pairs",
    async (capacity) => {
      for (const size of [2, 10, 200])
        expect(await worstError(rosenbrockGradient, size, capacity)).toBeLessThan(tolerance(size));
    },
  );

  test.each([2, 6])(
    "agrees with the two loops on vectors longer than a chunk, with room for %i",
    async (capacity) => {
      expect(await worstError(quadraticGradient(100), 10_001, capacity)).toBeLessThan(1e-6);
    },
  );

  test("forgets", async () => {
    const history = await historyOf(1, 2);
    await keep(history, Float32Array.of(1), Float32Array.of(2), Float32Array.of(0));
    expect(history.count).toBe(1);
    history.clear();
    const direction = new Float32Array(1);
    await history.direction(Float32Array.of(3), direction);
    expect(direction[0]).toBe(-3);
  });

  test("refuses a capacity that is no positive integer", () => {
    for (const capacity of [0, -1, 1.5, Number.NaN])
      expect(() => emptyHistory(capacity)).toThrow(MisuseError);
  });
});
