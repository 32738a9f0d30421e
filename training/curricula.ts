/**
 * The ways a student has been taught, each in one stretch or several: the first sketch's, for comparison, the one that
 * made a good network of a quarter of VGG-19's channels, one that goes on from it, which made it no better, two that go on
 * with more channels, and one that fine-tunes the Gram matrices of what came of them.
 * @module
 */
import { TAUGHT_LAYERS } from "../src/network/student.ts";
import type { Curriculum } from "./teach.ts";

const EVERY_LAYER = Object.fromEntries(TAUGHT_LAYERS.map((layer) => [layer, 1]));

/** Features alone, photographs and artworks alone. */
const sketch: Curriculum = {
  seed: 0,
  after: 0,
  steps: 3000,
  batch: { batch: 4, width: 128, height: 128 },
  averagePoolingShare: 0,
  emphasis: { features: EVERY_LAYER, grams: {}, contrasts: {} },
  recolouredShare: 0,
  longestGradient: Infinity,
  peakRate: 1e-3,
  lastRate: 0,
  warmUp: 300,
};

/** The sketch, gone on with: average pooling too, and pictures from the way of an optimisation. */
const rehearsed: Curriculum = {
  ...sketch,
  after: sketch.steps,
  steps: 3_000,
  averagePoolingShare: 0.15,
  emphasis: { features: { ...EVERY_LAYER, conv4_1: 3, conv4_2: 1.5 }, grams: {}, contrasts: {} },
  lastRate: 9e-4,
  rehearsals: { every: 200, keptAfter: [20, 60, 150, 300], share: 0.4 },
};

/** What the losses of pictures are made of, conv4_1 above all, before what only leads to it. */
const focus: Curriculum = {
  ...rehearsed,
  after: rehearsed.after + rehearsed.steps,
  steps: 10_000,
  emphasis: {
    features: {
      ...EVERY_LAYER,
      conv1_2: 0.1,
      conv2_2: 0.1,
      conv3_4: 0.1,
      conv4_1: 6,
      conv4_2: 2,
      conv5_1: 0.5,
    },
    grams: {},
    contrasts: {},
  },
  lastRate: 1e-4,
  rehearsals: { every: 200, keptAfter: [20, 60, 150, 300], share: 0.5 },
};

/**
 * Gram matrices last, and at a low rate: at a high one their gradients, a few batches much larger than the others, undo
 * what the features have learned.
 */
const finish: Curriculum = {
  ...focus,
  after: focus.after + focus.steps,
  steps: 2_800,
  batch: { batch: 3, width: 160, height: 160 },
  emphasis: {
    features: focus.emphasis.features,
    grams: { conv1_1: 0.5, conv2_1: 0.5, conv3_1: 1, conv4_1: 10, conv5_1: 0.5 },
    contrasts: { conv1_1: 0.5, conv2_1: 1, conv3_1: 2, conv4_1: 30, conv5_1: 0.5 },
  },
  peakRate: 1.2e-4,
  lastRate: 0,
  warmUp: 200,
  rehearsals: { every: 200, keptAfter: [20, 60, 150, 300], share: 0.6 },
};

/** A taught network, taught further on more palettes than the pictures have: features once more, at half the rate. */
const furtherFeatures: Curriculum = {
  ...focus,
  seed: 1,
  after: 0,
  steps: 4_000,
  averagePoolingShare: 0.1,
  recolouredShare: 0.4,
  longestGradient: 8,
  peakRate: 5e-4,
  lastRate: 1.5e-4,
  rehearsals: { every: 300, keptAfter: [20, 60, 150, 300], share: 0.5 },
};

/** And Gram matrices, whose gradients are longer, at a low rate. */
const furtherGrams: Curriculum = {
  ...furtherFeatures,
  emphasis: finish.emphasis,
  after: furtherFeatures.after + furtherFeatures.steps,
  steps: 3_500,
  longestGradient: 50,
  peakRate: 9e-5,
  lastRate: 0,
};

/** More channels before the layers that losses use: features at the full rate. */
const widerFeatures: Curriculum = {
  ...focus,
  seed: 2,
  after: 0,
  steps: 5_600,
  averagePoolingShare: 0.12,
  recolouredShare: 0.15,
  longestGradient: 8,
  lastRate: 1.2e-4,
  rehearsals: { every: 300, keptAfter: [20, 60, 150, 300], share: 0.5 },
};

/** More channels at the layers that losses use, whose maps have use for them at once: features at a lower rate. */
const widerLossLayers: Curriculum = { ...widerFeatures, seed: 3, steps: 2_400, peakRate: 4e-4, warmUp: 100 };

/** And their Gram matrices. */
const widerLossLayersGrams: Curriculum = {
  ...finish,
  seed: widerLossLayers.seed,
  after: widerLossLayers.after + widerLossLayers.steps,
  steps: 1_800,
  averagePoolingShare: widerFeatures.averagePoolingShare,
  recolouredShare: widerFeatures.recolouredShare,
  longestGradient: 50,
  warmUp: 100,
  rehearsals: { every: 300, keptAfter: [20, 60, 150, 300], share: 0.6 },
};

/** Gram matrices once more, most batches cut from what the student itself paints. */
const gramFineTuning: Curriculum = {
  ...widerLossLayersGrams,
  seed: 4,
  after: 0,
  steps: 1_200,
  rehearsals: { every: 200, keptAfter: [20, 60, 150, 300], share: 0.75 },
};

/** The curricula by name. */
export const curricula = {
  sketch: [sketch],
  full: [sketch, rehearsed, focus, finish],
  further: [furtherFeatures, furtherGrams],
  wider: [widerFeatures],
  "wider-loss-layers": [widerLossLayers, widerLossLayersGrams],
  "gram-fine-tuning": [gramFineTuning],
} as const;

/** Those that go on from a network that was taught. */
export const GOING_ON: readonly string[] = ["further", "wider", "wider-loss-layers", "gram-fine-tuning"];
