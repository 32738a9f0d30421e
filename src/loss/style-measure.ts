/**
 * What a measure of style is: a distance between the moments of two pictures' features.
 * @module
 */
import type { Tensor } from "../graph/tensor.ts";
import { required } from "../required.ts";
import type { Moments } from "./moments.ts";

/** What the loss needs of a painting at one layer: its parts by their names. */
type StyleTarget = Readonly<Record<string, Tensor>>;

/** One way to measure style. */
export interface StyleMeasure {
  /**
   * Makes the target of a painting's moments, once.
   * @param channels C, the number of filters the features stand for.
   */
  prepare(painting: Moments, channels: number): StyleTarget;
  /** The distance of moments from a prepared target, a single number. */
  loss(moments: Moments, target: StyleTarget, channels: number): Tensor;
  /**
   * What the distance is multiplied with to be counted in units of some power of features, whatever their scale.
   * @param own the target's own power, the mean over channels and positions of squared features.
   */
  inUnits(unit: number, own: number, channels: number): number;
}

/** A part of a target by its name. @throws TypeError when the measure does not make it. */
export const partOf = (target: StyleTarget, name: string): Tensor =>
  required(target[name], `part ${name} of the target`);
