/**
 * Content as terms of the total loss: α times the distance of a layer's features from the photograph's.
 * @module
 */
import { scale } from "../../graph/operations/multiply.ts";
import { type Shape, sizeOf } from "../../graph/shape.ts";
import { contentLoss } from "../../loss/content.ts";
import type { Layer } from "../../network/layers.ts";
import { featuresAt } from "../../network/network.ts";
import { required } from "../../required.ts";
import { unitOfPower } from "../power.ts";
import {
  type LayerWeights,
  layersOption,
  namedLayers,
  type PositionsTerm,
  shapeOf,
  type TermKind,
  weightOption,
} from "../term.ts";

/** What a preset says of content. */
export interface ContentChoices {
  /** α, what content counts, in the preset's units. */
  readonly contentWeight: number;
  /** The layers whose features are the content, with their weights. */
  readonly contentLayers: LayerWeights;
  /** What the mean squared difference of features `[C, H, W]` is multiplied with to be in the preset's units. */
  contentUnit(shape: Shape): number;
  /** Whether losses count in units of the pictures' power; see power.ts. */
  readonly relative: boolean;
}

const weights = {
  contentWeight: weightOption("how much the photograph's content counts, in the preset's units"),
  contentLayers: layersOption("layers whose features are the content, with their weights"),
};

/** The distance of features from the photograph's. */
export const content: TermKind<typeof weights, typeof weights, ContentChoices> = {
  name: "content",
  weights,
  options: weights,
  choose: ({ contentWeight, contentLayers }, preset) => ({
    contentWeight: contentWeight ?? preset.contentWeight,
    contentLayers: contentLayers ?? preset.contentLayers,
  }),
  terms: (choices) => namedLayers(choices.contentLayers).map((layer) => contentTerm(layer, choices)),
  measured: { contentWeight: 1 },
};

const contentTerm = (layer: Layer, choices: ContentChoices): PositionsTerm => ({
  name: `content.${layer}`,
  over: "positions",
  counts: choices.contentWeight * (choices.contentLayers[layer] ?? 0) > 0,
  layers: [layer],
  powers: choices.relative ? [layer] : [],
  target: layer,
  loss({ features, whole }, target) {
    const { tensor, channels } = featuresAt(features, layer);
    const share = sizeOf(tensor.shape) / sizeOf(featuresAt(whole.features, layer).tensor.shape);
    return scale(share, contentLoss(tensor, required(target, `target of content.${layer}`), channels));
  },
  weight({ features }, power) {
    const { contentWeight, contentLayers, contentUnit, relative } = choices;
    const unit = relative ? unitOfPower(power("photograph", layer), power("painting", layer)) : 1;
    return (
      (contentWeight * (contentLayers[layer] ?? 0) * contentUnit(shapeOf(featuresAt(features, layer)))) / unit
    );
  },
});
