/**
 * neural-style-pt's objective and optimiser, the heir of the Lua original.
 * @module
 */
import { sizeWithLongestSide } from "../../image/size.ts";
import type { Preset } from "../preset.ts";

/** Pixels count in 0…255 here, in the variables and in the total variation. */
export const neuralStyle: Preset = {
  source: "neural-style-pt (2022)",
  normalized: false,
  pooling: "max",
  edges: "zero",
  styleMeasure: "gram",
  relative: false,
  contentWeight: 5,
  styleWeight: 100,
  smoothnessWeight: 1e-3,
  contentLayers: { conv4_2: 1 },
  styleLayers: { conv1_1: 1, conv2_1: 1, conv3_1: 1, conv4_1: 1, conv5_1: 1 },
  contentUnit: () => 1,
  styleUnit: () => 1,
  levelled: false,
  smoothness: "absolute",
  smoothnessUnit: () => 255,
  contentSize: ({ width, height }, longest = 512) => sizeWithLongestSide(width, height, longest),
  styleSize: ({ width, height }, result) =>
    sizeWithLongestSide(width, height, Math.max(result.width, result.height)),
  schedule: (longest) => [{ longest, iterations: 1000 }],
  init: "noise",
  noise: "mean-colour",
  variables: { scale: [1 / 255, 1 / 255, 1 / 255], offset: [0, 0, 0] },
  optimizer: "lbfgs",
  lbfgs: { kind: "lbfgs", manner: "pytorch", history: 100 },
  adam: { kind: "adam", learningRate: 1, beta1: 0.9, beta2: 0.999 },
};
