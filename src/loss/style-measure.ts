/**
 * What a measure of style is: some averages over a picture's positions, and a distance between two pictures' averages.
 * Because they are averages, those of a blend of paintings are blended, and those of a large picture are gathered
 * from its parts.
 * @module
 */
import type { Tensor } from "../graph/tensor.ts";

/** Values of one layer by their names. */
export type Statistics = Readonly<Record<string, Tensor>>;

/** One way to measure style. */
export interface StyleMeasure {
  /**
   * Averages over the positions of features `[1, rows, H, W]`.
   * @param channels C, the number of filters the features stand for.
   */
  statistics(features: Tensor, channels: number): Statistics;
  /** What the loss needs of a target, made once from its statistics. */
  prepare(target: Statistics): Statistics;
  /** The distance of statistics from a prepared target, a single number. */
  loss(statistics: Statistics, target: Statistics, channels: number): Tensor;
}

/** A statistic by its name. @throws TypeError when the measure does not make it. */
export function statistic(statistics: Statistics, name: string): Tensor {
  const found = statistics[name];
  if (found === undefined) throw new TypeError(`There is no statistic ${name}`);
  return found;
}
