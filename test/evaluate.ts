/**
 * What the tests of graphs share: running one on the CPU, seeded values, and how far two arrays are apart.
 * @module
 */
import type { MadeConstants, OnnxTarget } from "../src/graph/onnx.ts";
import { type Shape, sizeOf } from "../src/graph/shape.ts";
import { NO_CAPABILITIES, type Tensor } from "../src/graph/tensor.ts";
import { openRuntime } from "../src/runtime/onnxruntime.node.ts";
import type { Program, Runtime } from "../src/runtime/runtime.ts";

type Values = Readonly<Record<string, Float32Array>>;

let opened: Promise<Runtime> | undefined;

/** One CPU thread, opened once: programs of one runtime share what they make of their kernels. */
const cpu = (): Promise<Runtime> => {
  opened ??= openRuntime({ device: "cpu", threads: 1 });
  return opened;
};

/** Compiles a graph, hands it over and releases it. */
export async function withProgram<Result>(
  outputs: Readonly<Record<string, Tensor>>,
  use: (program: Program) => Promise<Result>,
): Promise<Result> {
  const program = await (await cpu()).compile(outputs);
  try {
    return await use(program);
  } finally {
    await program.release();
  }
}

/** Computes the outputs once. */
export const evaluate = (outputs: Readonly<Record<string, Tensor>>, inputs: Values = {}): Promise<Values> =>
  withProgram(outputs, (program) => program.run(inputs));

/** The CPU as a target, without blocked layouts. */
export const onCpu = (made: MadeConstants = new WeakMap()): OnnxTarget => ({
  capabilities: { ...NO_CAPABILITIES, freeFeeds: true, winograd: true },
  made,
});

/** A source of numbers in [0, 1) that a seed determines (Mulberry32). */
export function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Values evenly spread over (−1, 1). */
export function uniform(shape: Shape, seed: number): Float32Array {
  const next = randomNumbers(seed);
  return Float32Array.from({ length: sizeOf(shape) }, () => 2 * next() - 1);
}

/**
 * Values far from every kink: magnitudes between 0.5 and 1.5 of either sign, no two nearer to each other than
 * 1 / their number, and none equal to one of another seed's as long as there are few seeds.
 */
export function farFromKinks(shape: Shape, seed: number): Float32Array {
  const next = randomNumbers(seed);
  const size = sizeOf(shape);
  const ranks = Array.from({ length: size }, (_, rank) => ({ rank, key: next() })).sort(
    (a, b) => a.key - b.key,
  );
  return Float32Array.from(
    ranks,
    ({ rank }) => (0.5 + (rank + 1 / (seed + 1)) / size) * (next() < 0.5 ? -1 : 1),
  );
}

/** ‖actual − expected‖ / ‖expected‖ */
export function relativeError(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (actual.length !== expected.length) return Number.POSITIVE_INFINITY;
  const difference = Float64Array.from(expected, (value, i) => actual[i] - value);
  return norm(difference) / norm(expected);
}

/** Σ aᵢ bᵢ */
export function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

/** √Σ aᵢ² */
export const norm = (a: ArrayLike<number>): number => Math.sqrt(dot(a, a));
