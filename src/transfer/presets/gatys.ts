/**
 * The method as published: Gatys, Ecker and Bethge, "Image Style Transfer Using Convolutional Neural Networks", CVPR 2016.
 * @module
 */
import { sizeWithLongestSide } from "../../image/size.ts";
import { type Preset, UNIT_VARIABLES } from "../preset.ts";

/** Both losses as the paper has them; lengths of steps are ours, for it names none. */
export const gatys: Preset = {
  source: "Gatys, Ecker and Bethge, CVPR 2016",
  normalized: true,
  pooling: "average",
  edges: "zero",
  styleMeasure: "gram",
  relative: false,
  // The paper's α/β is 1e-3 and, in its figures, 8e-4, 5e-3 and 5e-4.
  contentWeight: 1e-3,
  styleWeight: 1,
  smoothnessWeight: 0,
  contentLayers: { conv4_2: 1 },
  styleLayers: { conv1_1: 1 / 5, conv2_1: 1 / 5, conv3_1: 1 / 5, conv4_1: 1 / 5, conv5_1: 1 / 5 },
  // ½ Σ (F − P)² = ½ · C·H·W · mean
  contentUnit: ([channels, height, width]) => 0.5 * channels * height * width,
  // Σ (G − A)² / (4 N² M²) on unnormalised Grams = N²/4 · mean of those divided by N·M
  styleUnit: ([channels]) => channels ** 2 / 4,
  levelled: false,
  smoothness: "squared",
  smoothnessUnit: () => 1,
  contentSize: ({ width, height }, longest = 512) => sizeWithLongestSide(width, height, longest),
  styleSize: (_, result) => result,
  schedule: (longest) => [{ longest, iterations: 500 }],
  init: "noise",
  noise: "white",
  variables: UNIT_VARIABLES,
  optimizer: "lbfgs",
  lbfgs: { kind: "lbfgs", manner: "safeguarded", history: 20, firstStep: 0.1 },
  adam: { kind: "adam", learningRate: 0.02, beta1: 0.9, beta2: 0.999 },
};
