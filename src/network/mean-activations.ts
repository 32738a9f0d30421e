/**
 * The mean activation of every filter over many pictures and positions, and the rescaling it is for: Gatys, Ecker and
 * Bethge scaled VGG-19 so that each filter's mean is one (2016, section 2), which leaves the network's output alone.
 * @module
 */
import * as z from "zod";
import { ImpastoError } from "../errors.ts";
import { byLayer, channelsOf, LAYERS, type Layer } from "./layers.ts";
import type { ConvolutionWeights } from "./weights.ts";

/** For each layer, the mean activation of each of its filters, for the original Oxford weights; `[C]`. */
export type MeanActivations = Readonly<Record<Layer, readonly number[]>>;

/**
 * Scales every filter so that its mean activation is one: kernel'[o, i] = kernel[o, i] · mean[i] / mean[o], where
 * mean[i] belongs to the layer before, and bias'[o] = bias[o] / mean[o]. ReLU and pooling are positively homogeneous,
 * so the features are the original ones divided by their means.
 */
export function normalizeWeights(
  layers: Readonly<Record<Layer, ConvolutionWeights>>,
  means: MeanActivations,
): Readonly<Record<Layer, ConvolutionWeights>> {
  return byLayer((layer) => {
    const before = LAYERS[LAYERS.indexOf(layer) - 1];
    const inputs = before === undefined ? [1, 1, 1] : means[before];
    return scaleFilters(layers[layer], means[layer], inputs);
  });
}

function scaleFilters(
  { kernel, bias }: ConvolutionWeights,
  means: readonly number[],
  inputMeans: readonly number[],
): ConvolutionWeights {
  const scaled = new Float32Array(kernel.length);
  const plane = kernel.length / means.length / inputMeans.length;
  let index = 0;
  for (const mean of means) {
    for (const inputMean of inputMeans) {
      const factor = inputMean / mean;
      for (const end = index + plane; index < end; index++) scaled[index] = kernel[index] * factor;
    }
  }
  return { kernel: scaled, bias: bias.map((value, filter) => value / means[filter]) };
}

/**
 * Takes the table out of JSON: `{ "conv1_1": [64 numbers], … }`.
 * @throws ImpastoError when a layer is missing or has not one positive number for each filter.
 */
export function parseMeanActivations(json: unknown): MeanActivations {
  const table = z.record(z.string(), z.array(z.number().positive())).safeParse(json);
  return byLayer((layer) => {
    const means = table.data?.[layer];
    if (means?.length !== channelsOf(layer)) {
      throw new ImpastoError(
        `The table of mean activations has not ${channelsOf(layer)} positive numbers for ${layer}.`,
      );
    }
    return means;
  });
}
