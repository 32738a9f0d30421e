/**
 * The averages that style is made of: each layer's moments, by names under which they are passed from one graph to
 * another. They are taken before a layer's head, which maps them once they are whole.
 * @module
 */
import type { Tensor } from "../graph/tensor.ts";
import { type Moments, mappedMoments, moments } from "../loss/moments.ts";
import type { Layer } from "../network/layers.ts";
import { type FeatureMap, type Features, featuresAt } from "../network/network.ts";
import { required } from "../required.ts";
import type { Named } from "./named.ts";

const averageName = (layer: Layer, part: keyof Moments): string => `average.${layer}.${part}`;

/** A layer's averages over the positions that features are given for, by their names. */
export function averagesOf(features: Features, layer: Layer): Named<Tensor> {
  const { second, mean } = moments(featuresAt(features, layer).tensor);
  return { [averageName(layer, "second")]: second, [averageName(layer, "mean")]: mean };
}

/** A layer's moments among averages. @throws TypeError when they are not there. */
export function momentsAmong(averages: Named<Tensor>, layer: Layer): Moments {
  const average = (part: keyof Moments): Tensor => {
    const name = averageName(layer, part);
    return required(averages[name], name);
  };
  return { second: average("second"), mean: average("mean") };
}

/** Moments as a layer's head maps them, if it has one. */
export const throughHead = (moments: Moments, { head }: FeatureMap): Moments =>
  head ? mappedMoments(moments, head) : moments;
