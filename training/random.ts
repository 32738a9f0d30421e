/**
 * Random numbers that depend on a seed and a step alone, so that teaching resumes as if it had never stopped.
 * @module
 */
import { uniformFloat64 } from "pure-rand/distribution/uniformFloat64";
import { uniformInt } from "pure-rand/distribution/uniformInt";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";

/** A source of random numbers. */
export interface Random {
  /** In [0, 1). */
  uniform(): number;
  /** Among 0 … count − 1. */
  below(count: number): number;
  /** Mean 0, standard deviation 1. */
  normal(): number;
}

/** Begins the numbers of one step. */
export function randomFor(seed: number, step: number): Random {
  const generator = xoroshiro128plus(Math.imul(seed + 1, 0x9e3779b1) ^ Math.imul(step + 1, 0x85ebca6b));
  const uniform = () => uniformFloat64(generator);
  return {
    uniform,
    below: (count) => uniformInt(generator, 0, count - 1),
    normal: () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform()),
  };
}

/** The items in a random order. */
export function shuffled<T>(items: readonly T[], random: Random): readonly T[] {
  const keyed = items.map((item) => ({ item, key: random.uniform() }));
  return keyed.sort((a, b) => a.key - b.key).map(({ item }) => item);
}
