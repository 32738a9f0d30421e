/**
 * The averages that style is made of: each layer's moments, by names under which they are passed from one graph to
 * another. They are taken before a layer's head, which maps them once they are whole.
 * @module
 */
import { multiply, scale } from "../graph/operations/multiply.ts";
import { reshape } from "../graph/operations/reshape.ts";
import { sliceAxis } from "../graph/operations/slice.ts";
import { weightedMoments } from "../graph/operations/weighted-moments.ts";
import type { Tensor } from "../graph/tensor.ts";
import { type Moments, mappedMoments, moments } from "../loss/moments.ts";
import type { Layer } from "../network/layers.ts";
import { type FeatureMap, type Features, featuresAt } from "../network/network.ts";
import { required } from "../required.ts";
import { type Guided, underMasks, unitInput } from "./guidance.ts";
import { merged, type Named } from "./named.ts";

const averageName = (layer: Layer, part: keyof Moments, region?: number): string =>
  region === undefined ? `average.${layer}.${part}` : `average.${layer}.${part}.${region}`;

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

/**
 * ⟨w f fᵀ⟩ and ⟨w f⟩ of a layer's features f for each region that has a mask w, by their names. Where a mask is 0 all
 * around, the features are not looked at; and what regions ask of the same features is computed at once.
 */
export function maskedAveragesOf(features: Features, layer: Layer, guided: Guided): Named<Tensor> {
  const { tensor } = featuresAt(features, layer);
  const average = 1 / (tensor.shape[2] * tensor.shape[3]);
  return merged(
    underMasks(guided, layer, tensor).map(({ within, masks, regions }) => {
      const [, rows, height, width] = within.shape;
      const flat = reshape(within, [rows, height * width]);
      const all = scale(average, weightedMoments(flat, masks));
      return merged(
        regions.map((region, at) => {
          const own = sliceAxis(all, 0, at * (rows + 1), at * (rows + 1) + rows);
          return {
            [averageName(layer, "second", region)]: sliceAxis(own, 1, 0, rows),
            [averageName(layer, "mean", region)]: sliceAxis(own, 1, rows, rows + 1),
          };
        }),
      );
    }),
  );
}

/** A region's moments among averages: those divided by ⟨w⟩. @throws TypeError when they are not there. */
export function maskedMomentsAmong(averages: Named<Tensor>, layer: Layer, region: number): Moments {
  const unit = unitInput(region, layer);
  const average = (part: keyof Moments): Tensor => {
    const name = averageName(layer, part, region);
    return multiply(unit, required(averages[name], name));
  };
  return { second: average("second"), mean: average("mean") };
}

/** Moments as a layer's head maps them, if it has one. */
export const throughHead = (moments: Moments, { head }: FeatureMap): Moments =>
  head ? mappedMoments(moments, head) : moments;
