/**
 * The default: coarse to fine, so that composition is settled where it is cheap and only strokes are left for the last size.
 * @module
 */
import { sizeWithinLongestSide, sizeWithLongestSide } from "../../image/size.ts";
import { type Preset, UNIT_VARIABLES } from "../preset.ts";

/** Each size is twice the one before; none is below this. */
const COARSEST = 128;

/** The best picture per second that we know how to make. */
export const impasto: Preset = {
  source: "this project",
  normalized: false,
  pooling: "max",
  edges: "zero",
  styleMeasure: "gram",
  relativeContent: false,
  contentWeight: 5,
  styleWeight: 100,
  smoothnessWeight: 1e-3,
  contentLayers: { conv4_2: 1 },
  styleLayers: { conv1_1: 1, conv2_1: 1, conv3_1: 1, conv4_1: 1, conv5_1: 1 },
  contentUnit: () => 1,
  styleUnit: () => 1,
  smoothness: "absolute",
  smoothnessUnit: () => 255,
  contentSize: ({ width, height }, longest = 512) => sizeWithLongestSide(width, height, longest),
  styleSize: ({ width, height }, result) =>
    sizeWithinLongestSide(width, height, Math.max(result.width, result.height)),
  schedule(longest) {
    const coarser = Math.ceil(longest / 2);
    const last = { longest, iterations: 100 };
    return coarser < COARSEST ? [last] : [...impasto.schedule(coarser), last];
  },
  init: "content",
  noise: "mean-colour",
  variables: UNIT_VARIABLES,
  optimizer: "lbfgs",
  lbfgs: { kind: "lbfgs", manner: "safeguarded", history: 20, firstStep: 0.05 },
  adam: { kind: "adam", learningRate: 0.02, beta1: 0.9, beta2: 0.99 },
};
