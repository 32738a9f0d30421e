/**
 * The two ways the student has been taught: the first sketch's, for comparison, and the one that made the shipped network.
 * @module
 */
import { TAUGHT_LAYERS } from "../network/student.ts";
import type { Curriculum } from "./teach.ts";

const EVERY_LAYER = Object.fromEntries(TAUGHT_LAYERS.map((layer) => [layer, 1]));

/** Features alone, photographs and artworks alone. */
const sketch: Curriculum = {
  seed: 0,
  steps: 3000,
  batch: { batch: 4, width: 128, height: 128 },
  averagePoolingShare: 0,
  emphasis: { features: EVERY_LAYER, grams: {} },
  peakRate: 1e-3,
  warmUp: 300,
  rehearseEvery: 0,
};

/** Gram matrices too, conv4_1's above all, for it dominates the losses; and pictures from the way of an optimisation. */
const full: Curriculum = {
  seed: 0,
  steps: 5_500,
  batch: { batch: 3, width: 160, height: 160 },
  averagePoolingShare: 0.15,
  emphasis: {
    features: { ...EVERY_LAYER, conv4_1: 2, conv4_2: 2 },
    grams: { conv1_1: 2, conv2_1: 2, conv3_1: 2, conv4_1: 6, conv5_1: 2 },
  },
  peakRate: 4e-4,
  warmUp: 300,
  rehearseEvery: 150,
};

/** The curricula by name. */
export const curricula = { sketch, full };
