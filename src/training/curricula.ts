/**
 * The ways the student has been taught, each in one stretch or several: the first sketch's, for comparison, and the one
 * that made the shipped network.
 * @module
 */
import { TAUGHT_LAYERS } from "../network/student.ts";
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
  peakRate: 1e-3,
  lastRate: 0,
  warmUp: 300,
};

/** Gram matrices too, conv4_1's above all, for it dominates the losses; and pictures from the way of an optimisation. */
const groundwork: Curriculum = {
  seed: 0,
  after: 0,
  steps: 5_500,
  batch: { batch: 3, width: 160, height: 160 },
  averagePoolingShare: 0.15,
  emphasis: {
    features: { ...EVERY_LAYER, conv4_1: 2, conv4_2: 2 },
    grams: { conv1_1: 2, conv2_1: 2, conv3_1: 2, conv4_1: 6, conv5_1: 2 },
    contrasts: {},
  },
  peakRate: 4e-4,
  lastRate: 0,
  warmUp: 300,
  rehearsals: { every: 150, keptAfter: [20, 50, 100], share: 0.4 },
};

/** Much of it on what optimisations end in, and on what counts there: differences of Gram matrices. */
const practice: Curriculum = {
  ...groundwork,
  after: groundwork.steps,
  steps: 3_900,
  averagePoolingShare: 0.2,
  emphasis: {
    features: { ...EVERY_LAYER, conv4_2: 3 },
    grams: { conv1_1: 2, conv2_1: 2, conv3_1: 3, conv4_1: 6, conv5_1: 2 },
    contrasts: { conv1_1: 2, conv2_1: 3, conv3_1: 5, conv4_1: 20, conv5_1: 2 },
  },
  peakRate: 2.5e-4,
  lastRate: 1.8e-4,
  rehearsals: { every: 75, keptAfter: [15, 40, 100, 200, 300], share: 0.6 },
};

/** What the losses of pictures are made of, above what only leads to it. */
const finish: Curriculum = {
  ...practice,
  after: practice.after + practice.steps,
  steps: 6_000,
  averagePoolingShare: 0.15,
  emphasis: {
    features: { ...EVERY_LAYER, conv1_2: 0.3, conv2_2: 0.3, conv3_4: 0.3, conv5_1: 0.5, conv4_2: 3 },
    grams: { conv1_1: 2, conv2_1: 2, conv3_1: 3, conv4_1: 20, conv5_1: 1 },
    contrasts: { conv1_1: 2, conv2_1: 3, conv3_1: 5, conv4_1: 60, conv5_1: 1 },
  },
  lastRate: 0,
  rehearsals: { every: 75, keptAfter: [20, 100, 200, 300], share: 0.7 },
};

/** The curricula by name. */
export const curricula = { sketch: [sketch], full: [groundwork, practice, finish] } as const;
