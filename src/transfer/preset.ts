/**
 * What a preset is: a complete table of choices. An explicit option wins over the preset.
 * @module
 */

import type { Shape } from "../graph/shape.ts";
import type { Size } from "../image/size.ts";
import { gaussianMeasure } from "../loss/gaussian.ts";
import { gramMeasure } from "../loss/gram.ts";
import type { StyleMeasure } from "../loss/style-measure.ts";
import type { Edges, Pooling } from "../network/network.ts";
import type { LayerWeights, STYLE_MEASURE_NAMES } from "./options.ts";

/** The name of a measure of style. */
export type StyleMeasureName = (typeof STYLE_MEASURE_NAMES)[number];

/** How the optimiser's variables relate to pixels: rgb = variable · scale + offset, channel by channel. */
export interface Variables {
  readonly scale: readonly [number, number, number];
  readonly offset: readonly [number, number, number];
}

/** The measures of style by name. */
export const STYLE_MEASURES: Readonly<Record<StyleMeasureName, StyleMeasure>> = {
  gram: gramMeasure,
  gaussian: gaussianMeasure,
};

/** Variables that are the pixels themselves, in [0, 1]. */
export const UNIT_VARIABLES: Variables = { scale: [1, 1, 1], offset: [0, 0, 0] };

/** An optimiser and its settings, in the units of the variables. */
export type OptimizerSettings =
  | { readonly kind: "lbfgs"; readonly manner: "pytorch"; readonly history: number }
  | {
      readonly kind: "lbfgs";
      readonly manner: "safeguarded";
      readonly history: number;
      /** The largest change of one variable in the first trial. */
      readonly firstStep: number;
    }
  | { readonly kind: "adam"; readonly learningRate: number; readonly beta1: number; readonly beta2: number };

/** A size to work at: its longest side in pixels, and the evaluations to make there. */
export interface Scale {
  readonly longest: number;
  readonly iterations: number;
}

/** A complete way of working. */
export interface Preset {
  /** What it follows, for the documentation. */
  readonly source: string;
  /** Whether features are scaled to a mean activation of 1: always, never, or where they are as large as Oxford's. */
  readonly normalized: boolean | "large";
  /** How the network shrinks its picture. */
  readonly pooling: Pooling;
  /** What lies beyond the picture's border. */
  readonly edges: Edges;
  /** α, β and γ: what content, style and smoothness count, in the preset's units. */
  readonly contentWeight: number;
  readonly styleWeight: number;
  readonly smoothnessWeight: number;
  /** The layers whose features are the content, and those whose statistics are the style, with their weights. */
  readonly contentLayers: LayerWeights;
  readonly styleLayers: LayerWeights;
  /** How style is measured: by Gram matrices, or as a normal distribution of features. */
  readonly styleMeasure: StyleMeasureName;
  /** Whether the losses count in units of the pictures' power; see power.ts. */
  readonly relative: boolean;
  /** What the mean squared difference of features `[C, H, W]` is multiplied with to be in the preset's units. */
  contentUnit(shape: Shape): number;
  /** What the mean squared difference of Gram matrices, each FFᵀ/(C·H·W), is multiplied with. */
  styleUnit(shape: Shape): number;
  /** Whether even and odd rows and columns keep the difference of their means; see level.ts. */
  readonly levelled: boolean;
  /** Σ|Δ| or Σ(Δ)² over neighbours. */
  readonly smoothness: "absolute" | "squared";
  /** What the smoothness of RGB in [0, 1] is multiplied with. */
  smoothnessUnit(shape: Shape): number;
  /** The size of the result, given the photograph's and what was asked for. */
  contentSize(content: Size, longest: number | undefined): Size;
  /** The size a style is seen at, when the result has the given one. */
  styleSize(style: Size, result: Size): Size;
  /** The sizes to work through, the last being that of the result. */
  schedule(longest: number): readonly Scale[];
  /** The picture to start from: the photograph, or noise. */
  readonly init: "content" | "noise";
  /** The noise to start from: white over [0, 1], or normal around the mean colour of photographs. */
  readonly noise: "white" | "mean-colour";
  /** What the optimiser moves; its steps are in their units. */
  readonly variables: Variables;
  /** Each optimiser's settings, and the one that is used where none is asked for. */
  readonly lbfgs: OptimizerSettings & { readonly kind: "lbfgs" };
  readonly adam: OptimizerSettings & { readonly kind: "adam" };
  readonly optimizer: "lbfgs" | "adam";
}
