/**
 * The well-known teaching notebook: Adam from the photograph, in torchvision's normalised units.
 * @module
 */
import { LONGEST_SIDE, SHORTEST_SIDE, type Size, sizeWithLongestSide } from "../../image/size.ts";
import { TORCHVISION } from "../../network/weights.ts";
import type { Preset } from "../preset.ts";

const SHORTEST = 400;

/** The shortest side becomes min(400, longest side), as the notebook's resizing does it. */
function notebookSize({ width, height }: Size, longest: number | undefined): Size {
  if (longest !== undefined) return sizeWithLongestSide(width, height, longest);
  const [shorter, longer] = [Math.min(width, height), Math.max(width, height)];
  const shortest = Math.max(SHORTEST_SIDE, Math.min(SHORTEST, longer));
  // torchvision, which the notebook resizes with, cuts the fraction off.
  const rest = Math.min(LONGEST_SIDE, Math.floor((shortest * longer) / shorter));
  return width < height ? { width: shortest, height: rest } : { width: rest, height: shortest };
}

const [red, green, blue] = TORCHVISION.scale;

/** Exact with torchvision's weights; with Oxford's, a hundred times larger, on normalised features. */
export const notebook: Preset = {
  source: "the teaching notebook on neural style transfer with PyTorch",
  normalized: "large",
  pooling: "max",
  edges: "zero",
  styleMeasure: "gram",
  relative: false,
  contentWeight: 1,
  styleWeight: 1e6,
  smoothnessWeight: 0,
  contentLayers: { conv4_2: 1 },
  styleLayers: { conv1_1: 1, conv2_1: 0.75, conv3_1: 0.2, conv4_1: 0.2, conv5_1: 0.2 },
  contentUnit: () => 1,
  // mean((G − A)²) / (C·H·W) on unnormalised Grams = C·H·W · mean of those divided by C·H·W
  styleUnit: ([channels, height, width]) => channels * height * width,
  levelled: false,
  smoothness: "squared",
  smoothnessUnit: () => 1,
  contentSize: notebookSize,
  styleSize: (_, result) => result,
  schedule: (longest) => [{ longest, iterations: 2000 }],
  init: "content",
  noise: "white",
  variables: { scale: [1 / red, 1 / green, 1 / blue], offset: [0.485, 0.456, 0.406] },
  optimizer: "adam",
  lbfgs: { kind: "lbfgs", manner: "safeguarded", history: 20, firstStep: 0.1 },
  adam: { kind: "adam", learningRate: 0.003, beta1: 0.9, beta2: 0.999 },
};
