/**
 * The default: coarse to fine, so that composition is settled where it is cheap and only strokes are left for the last
 * size; style as a normal distribution of features; every loss a part of what it is measured against, so that the same
 * weights mean the same at any size and for any painting. docs/preset.md has the measurements behind each choice.
 * @module
 */
import { sizeWithinLongestSide, sizeWithLongestSide } from "../../image/size.ts";
import { type Preset, type Scale, UNIT_VARIABLES } from "../preset.ts";

/** Each size is half the next; none is below this. */
const COARSEST = 128;

/** Evaluations at sizes up to so many pixels on the longest side: the larger, the less is left to do. */
const ITERATIONS: readonly Scale[] = [
  { longest: 256, iterations: 70 },
  { longest: 512, iterations: 50 },
  { longest: 1024, iterations: 30 },
  { longest: 2048, iterations: 20 },
];
const LEAST_ITERATIONS = 12;

/** The best picture per second that we know how to make. */
export const impasto: Preset = {
  source: "this project; the measure and the layers' weights after crowsonkb/style-transfer-pytorch (2023)",
  normalized: false,
  pooling: "max",
  edges: "replicate",
  styleMeasure: "gaussian",
  relative: true,
  contentWeight: 0.02,
  styleWeight: 1,
  smoothnessWeight: 0.25,
  contentLayers: { conv4_2: 1 },
  styleLayers: { conv1_1: 0.75, conv2_1: 0.25, conv3_1: 0.08, conv4_1: 0.02, conv5_1: 0.005 },
  contentUnit: () => 1,
  styleUnit: () => 1,
  smoothness: "squared",
  // A mean over pixels.
  smoothnessUnit: ([, height = 1, width = 1]) => 1 / (height * width),
  contentSize: ({ width, height }, longest = 512) => sizeWithLongestSide(width, height, longest),
  styleSize: ({ width, height }, result) =>
    sizeWithinLongestSide(width, height, Math.max(result.width, result.height)),
  schedule(longest) {
    const coarser = Math.ceil(longest / 2);
    const { iterations } = ITERATIONS.find((scale) => longest <= scale.longest) ?? {
      iterations: LEAST_ITERATIONS,
    };
    const last = { longest, iterations };
    return coarser < COARSEST ? [last] : [...impasto.schedule(coarser), last];
  },
  init: "content",
  noise: "mean-colour",
  variables: UNIT_VARIABLES,
  optimizer: "lbfgs",
  lbfgs: { kind: "lbfgs", manner: "safeguarded", history: 4, firstStep: 0.15 },
  adam: { kind: "adam", learningRate: 0.02, beta1: 0.9, beta2: 0.99 },
};
