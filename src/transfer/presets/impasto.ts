/**
 * The default: coarse to fine, so that composition is settled where it is cheap and only strokes are left for the last
 * size; style as a normal distribution of features; every loss in units of the pictures' power, so that the same weights
 * mean the same at any size and for any painting. docs/preset.md has the measurements behind each choice.
 * @module
 */
import { sizeWithinLongestSide, sizeWithLongestSide } from "../../image/size.ts";
import { type Preset, type Scale, UNIT_VARIABLES } from "../preset.ts";

/**
 * Where every picture begins, whatever its size: large enough for the photograph's forms, small enough for whole fields of
 * colour. Doubled again and again it is no usual size: in steps of exactly 2 the built-in network leaves stripes, for the
 * same pixel of each pooling window then wins at every size.
 */
const FIRST = 97;

/** How much larger than the last the next size may be, and how much it is at least: less is not worth a size of its own. */
const LARGEST_STEP = 2.35;
const SMALLEST_STEP = 1.3;

/** Evaluations at sizes up to so many pixels on the longest side: the larger, the less is left to do. */
const ITERATIONS: readonly Scale[] = [
  { longest: 128, iterations: 60 },
  { longest: 256, iterations: 50 },
  { longest: 512, iterations: 45 },
  { longest: 1024, iterations: 30 },
  { longest: 2048, iterations: 20 },
];
const LEAST_ITERATIONS = 12;

const iterationsAt = (longest: number): number =>
  ITERATIONS.find((scale) => longest <= scale.longest)?.iterations ?? LEAST_ITERATIONS;

/** The best picture per second that we know how to make. */
export const impasto: Preset = {
  source: "this project; the measure and the layers' weights after crowsonkb/style-transfer-pytorch (2023)",
  normalized: false,
  pooling: "max",
  edges: "replicate",
  styleMeasure: "gaussian",
  relative: true,
  contentWeight: 0.037,
  styleWeight: 1,
  smoothnessWeight: 0.25,
  contentLayers: { conv4_2: 1 },
  styleLayers: { conv1_1: 0.75, conv2_1: 0.25, conv3_1: 0.1, conv4_1: 0.02, conv5_1: 0.006 },
  contentUnit: () => 1,
  styleUnit: () => 1,
  levelled: true,
  smoothness: "squared",
  // A mean over pixels.
  smoothnessUnit: ([, height = 1, width = 1]) => 1 / (height * width),
  contentSize: ({ width, height }, longest = 512) => sizeWithLongestSide(width, height, longest),
  styleSize: ({ width, height }, result) =>
    sizeWithinLongestSide(width, height, Math.max(result.width, result.height)),
  // Equal steps from the first size to the last, so that both stay where they are whatever the number of steps.
  schedule(longest) {
    if (longest < SMALLEST_STEP * FIRST) return [{ longest, iterations: iterationsAt(longest) }];
    const steps = Math.ceil(Math.log(longest / FIRST) / Math.log(LARGEST_STEP));
    return Array.from({ length: steps + 1 }, (_, step) => {
      const size = Math.round(longest * (FIRST / longest) ** ((steps - step) / steps));
      return { longest: size, iterations: iterationsAt(size) };
    });
  },
  init: "content",
  noise: "mean-colour",
  variables: UNIT_VARIABLES,
  optimizer: "lbfgs",
  lbfgs: { kind: "lbfgs", manner: "safeguarded", history: 4, firstStep: 0.15 },
  adam: { kind: "adam", learningRate: 0.02, beta1: 0.9, beta2: 0.99 },
};
