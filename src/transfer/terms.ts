/**
 * What the total loss is made of: its terms, what each counts, and the graph of their weighted sum. The same terms serve
 * a picture looked at whole and one looked at in blocks; what counts in the preset's units is always the whole picture.
 * @module
 */
import { add } from "../graph/operations/add.ts";
import { multiply, scale } from "../graph/operations/multiply.ts";
import { type Shape, sizeOf } from "../graph/shape.ts";
import { constant, input, scalar, type Tensor } from "../graph/tensor.ts";
import { contentLoss } from "../loss/content.ts";
import type { Moments } from "../loss/moments.ts";
import type { StyleMeasure } from "../loss/style-measure.ts";
import { squaredVariation, totalVariation } from "../loss/total-variation.ts";
import type { Layer } from "../network/layers.ts";
import { type FeatureMap, type Features, featuresAt } from "../network/network.ts";
import { throughHead } from "./averages.ts";
import { unitOfPower } from "./power.ts";
import { STYLE_MEASURES, type Variables } from "./preset.ts";
import { type Settings, weightedLayers } from "./settings.ts";
import { contentTargetName, powerAmong, styleTargetName, type Targets } from "./targets.ts";

/** One loss and what it counts, its preset's unit included. */
export interface Term {
  readonly name: string;
  readonly loss: Tensor;
  readonly weight: number;
}

/** Terms as a graph: each times its weight, and their sum. */
export interface WeightedTerms {
  readonly losses: Readonly<Record<string, Tensor>>;
  readonly total: Tensor;
  /** The values of the inputs that take the weights. */
  readonly weights: Readonly<Record<string, Float32Array>>;
}

/** Weighs the terms that count at all. Weights are inputs of the graph. */
export function weigh(terms: readonly Term[]): WeightedTerms {
  const counted = terms.filter(({ weight }) => weight > 0);
  const weighted = counted.map(({ name, loss }) => ({
    name,
    loss: multiply(input(weightName(name), []), loss),
  }));
  return {
    losses: Object.fromEntries(weighted.map(({ name, loss }) => [name, loss])),
    total: add(scalar(0), ...weighted.map(({ loss }) => loss)),
    weights: Object.fromEntries(
      counted.map(({ name, weight }) => [weightName(name), Float32Array.of(weight)]),
    ),
  };
}

const weightName = (term: string): string => `weight.${term}`;

/** rgb = variables · scale + offset */
export function imageOf(variables: Tensor, { scale: factors, offset }: Variables): Tensor {
  const byChannel = (values: readonly number[]) => constant(Float32Array.from(values), [1, 3, 1, 1]);
  const scaled = factors.every((value) => value === 1) ? variables : multiply(variables, byChannel(factors));
  return offset.every((value) => value === 0) ? scaled : add(scaled, byChannel(offset));
}

/**
 * The distances of features from their targets, which are inputs of the graph.
 * @param features in full, through their heads.
 * @param whole the whole picture's features, for the units alone; `features` may be of a part of it, and then have the
 * part's share in the loss.
 */
export const contentTerms = (
  features: Features,
  whole: Features,
  targets: Targets,
  settings: Settings,
): readonly Term[] =>
  weightedLayers(settings.contentLayers).map((layer) => {
    const { tensor, channels } = featuresAt(features, layer);
    const shape = shapeOf(featuresAt(whole, layer));
    const share = sizeOf(tensor.shape) / sizeOf(featuresAt(whole, layer).tensor.shape);
    const power = settings.relative ? contentPower(targets, layer) : 1;
    return {
      name: `content.${layer}`,
      loss: scale(share, contentLoss(tensor, input(contentTargetName(layer), tensor.shape), channels)),
      weight:
        (settings.contentWeight * weightOf(settings.contentLayers, layer) * settings.contentUnit(shape)) /
        power,
    };
  });

/**
 * The distances of the whole picture's moments from their targets, which are inputs of the graph.
 * @param momentsAt the moments of a layer's features, before its head.
 */
export const styleTerms = (
  whole: Features,
  momentsAt: (layer: Layer) => Moments,
  targets: Targets,
  settings: Settings,
): readonly Term[] =>
  weightedLayers(settings.styleLayers).map((layer) => {
    const map = featuresAt(whole, layer);
    const measure = STYLE_MEASURES[settings.styleMeasure];
    const moments = throughHead(momentsAt(layer), map);
    const target = Object.fromEntries(
      Object.entries(measure.prepare(moments, map.channels)).map(([part, { shape }]) => [
        part,
        input(styleTargetName(layer, part), shape),
      ]),
    );
    const power = settings.relative ? stylePower(targets, layer, measure, map.channels) : 1;
    return {
      name: `style.${layer}`,
      loss: measure.loss(moments, target, map.channels),
      weight:
        settings.styleWeight *
        weightOf(settings.styleLayers, layer) *
        settings.styleUnit(shapeOf(map)) *
        power,
    };
  });

/**
 * The differences between neighbouring pixels.
 * @param whole the whole picture's shape, for the unit alone; `image` may be a part of it.
 * @param owned 1 where a pixel's differences from its right and lower neighbours count, 0 where they do not.
 */
export const smoothnessTerm = (image: Tensor, whole: Shape, settings: Settings, owned?: Tensor): Term => ({
  name: "smoothness",
  loss: settings.smoothness === "absolute" ? totalVariation(image, owned) : squaredVariation(image, owned),
  weight: settings.smoothnessWeight * settings.smoothnessUnit(whole.slice(1)),
});

/** The power that a layer's content is measured against. */
const contentPower = (targets: Targets, layer: Layer): number =>
  unitOfPower(powerAmong(targets, "photograph", layer), powerAmong(targets, "painting", layer));

/** What a layer's distance of style is multiplied with to be measured against power. */
function stylePower(targets: Targets, layer: Layer, { inUnits }: StyleMeasure, channels: number): number {
  const own = powerAmong(targets, "painting", layer);
  return inUnits(unitOfPower(own, powerAmong(targets, "photograph", layer)), own, channels);
}

const weightOf = (weights: Settings["styleLayers"], layer: Layer): number => weights[layer] ?? 0;

/** C, H and W, with VGG-19's C where a smaller network stands in for it. */
const shapeOf = ({ tensor, channels }: FeatureMap): readonly number[] => [channels, ...tensor.shape.slice(2)];
