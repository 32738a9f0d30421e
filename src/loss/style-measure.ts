/**
 * What a measure of style is: a distance between the moments of two pictures' features.
 * @module
 */
import type { Tensor } from "../graph/tensor.ts";
import { required } from "../required.ts";
import type { Moments } from "./moments.ts";

/** Values of one layer by their names. */
export type Statistics = Readonly<Record<string, Tensor>>;

/** One way to measure style. */
export interface StyleMeasure {
  /**
   * What the loss needs of a target, made once from its moments.
   * @param channels C, the number of filters the features stand for.
   */
  prepare(target: Moments, channels: number): Statistics;
  /** The distance of moments from a prepared target, a single number. */
  loss(moments: Moments, target: Statistics, channels: number): Tensor;
  /**
   * What the distance is multiplied with to be counted in units of some power of features, whatever their scale.
   * @param own the target's own power, the mean over channels and positions of squared features.
   */
  inUnits(unit: number, own: number, channels: number): number;
}

/** A statistic by its name. @throws TypeError when the measure does not make it. */
export const statistic = (statistics: Statistics, name: string): Tensor =>
  required(statistics[name], `statistic ${name}`);
