/**
 * Style as terms of the total loss: β times the distance of a layer's statistics from the paintings'.
 * @module
 */
import * as z from "zod";
import type { Shape } from "../../graph/shape.ts";
import { gaussianMeasure } from "../../loss/gaussian.ts";
import { gramMeasure } from "../../loss/gram.ts";
import type { StyleMeasure } from "../../loss/style-measure.ts";
import type { Layer } from "../../network/layers.ts";
import { featuresAt } from "../../network/network.ts";
import { required } from "../../required.ts";
import { averagesOf, maskedAveragesOf, maskedMomentsAmong, momentsAmong, throughHead } from "../averages.ts";
import { unitOfPower } from "../power.ts";
import {
  type AveragesTerm,
  type LayerWeights,
  layersOption,
  namedLayers,
  shapeOf,
  type TermKind,
  weightOption,
} from "../term.ts";

/** The names of the measures of style. */
export const STYLE_MEASURE_NAMES = ["gram", "gaussian"] as const;

/** The name of a measure of style. */
export type StyleMeasureName = (typeof STYLE_MEASURE_NAMES)[number];

/** The measures of style by name. */
const STYLE_MEASURES: Readonly<Record<StyleMeasureName, StyleMeasure>> = {
  gram: gramMeasure,
  gaussian: gaussianMeasure,
};

/** What a preset says of style. */
export interface StyleChoices {
  /** β, what style counts at each layer, in the preset's units. */
  readonly styleWeight: number;
  /** The layers whose statistics are the style, with their weights. */
  readonly styleLayers: LayerWeights;
  /** How style is measured: by Gram matrices, or as a normal distribution of features. */
  readonly styleMeasure: StyleMeasureName;
  /** What the distance of a layer's statistics, of features `[C, H, W]`, is multiplied with to be in the preset's units. */
  styleUnit(shape: Shape): number;
  /** Whether losses count in units of the pictures' power; see power.ts. */
  readonly relative: boolean;
}

const weights = {
  styleWeight: weightOption("how much the style counts at each layer, in the preset's units"),
  styleLayers: layersOption("layers whose statistics are the style, with their weights"),
};

const options = {
  ...weights,
  styleMeasure: z
    .enum(STYLE_MEASURE_NAMES)
    .optional()
    .describe("how style is measured: by Gram matrices, or as a normal distribution of features"),
};

/** The distance of statistics from the paintings'. */
export const style: TermKind<typeof weights, typeof options, StyleChoices> = {
  name: "style",
  weights,
  options,
  choose: ({ styleWeight, styleLayers, styleMeasure }, preset) => ({
    styleWeight: styleWeight ?? preset.styleWeight,
    styleLayers: styleLayers ?? preset.styleLayers,
    styleMeasure: styleMeasure ?? preset.styleMeasure,
  }),
  terms: (choices, masked) =>
    masked.flatMap((isMasked, region) =>
      namedLayers(choices.styleLayers).map((layer) => styleTerm(layer, choices, region, isMasked)),
    ),
  measured: { styleWeight: 1 },
};

function styleTerm(layer: Layer, choices: StyleChoices, region: number, masked: boolean): AveragesTerm {
  const { styleWeight, styleLayers, styleMeasure, styleUnit, relative } = choices;
  const measure = STYLE_MEASURES[styleMeasure];
  return {
    name: region === 0 ? `style.${layer}` : `style.${layer}.${region + 1}`,
    over: "averages",
    counts: styleWeight * (styleLayers[layer] ?? 0) > 0,
    layer,
    layers: [layer],
    powers: relative ? [layer] : [],
    region,
    masked,
    averages: (features, guided) =>
      guided && masked ? maskedAveragesOf(features, layer, guided) : averagesOf(features, layer),
    target(averages, network) {
      const map = featuresAt(network, layer);
      return measure.prepare(throughHead(momentsAmong(averages, layer), map), map.channels);
    },
    loss(averages, target, network) {
      const map = featuresAt(network, layer);
      const moments = masked ? maskedMomentsAmong(averages, layer, region) : momentsAmong(averages, layer);
      return measure.loss(throughHead(moments, map), target, map.channels);
    },
    weight({ features, shares }, power) {
      const map = featuresAt(features, layer);
      const own = relative ? power("painting", layer, region) : 1;
      const inUnits = relative
        ? measure.inUnits(unitOfPower(own, power("photograph", layer)), own, map.channels)
        : 1;
      const share = required(shares[region], "share of the region");
      return styleWeight * (styleLayers[layer] ?? 0) * styleUnit(shapeOf(map)) * inUnits * share;
    },
  };
}
