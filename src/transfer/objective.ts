/**
 * The total loss and its gradient with respect to the variables, at one size, as a compiled graph:
 * α·content + β·style + smoothness. Targets and weights are inputs, so that the graph serves any style of that size.
 * @module
 */
import { gradients } from "../graph/gradients.ts";
import { add } from "../graph/operations/add.ts";
import { multiply } from "../graph/operations/multiply.ts";
import { type Shape, sizeOf } from "../graph/shape.ts";
import { constant, input, scalar, type Tensor } from "../graph/tensor.ts";
import type { Size } from "../image/size.ts";
import { contentLoss } from "../loss/content.ts";
import { squaredVariation, totalVariation } from "../loss/total-variation.ts";
import type { Layer } from "../network/layers.ts";
import { type FeatureMap, type Features, featuresAt, type Network } from "../network/network.ts";
import type { Runtime } from "../runtime/runtime.ts";
import { STYLE_MEASURES, type Variables } from "./preset.ts";
import { type Settings, weightedLayers } from "./settings.ts";
import { buildOptions, contentTargetName, styleTargetName, type Targets } from "./targets.ts";

/** The losses at one point, each weighted, as optimised. */
export interface LossReport {
  readonly total: number;
  readonly content: number;
  readonly style: number;
  readonly smoothness: number;
  /** Each term by its name: `content.conv4_2`, `style.conv1_1`, …, `smoothness`. */
  readonly terms: Readonly<Record<string, number>>;
}

/** Loss and gradient at one point. */
export interface Evaluation {
  readonly loss: LossReport;
  /** ∂total/∂variables, `[3, height, width]` */
  readonly gradient: Float32Array;
}

/** A loss that can be evaluated. It holds native memory until released. */
export interface Objective {
  /** @param variables `[3, height, width]`, in the settings' units. */
  evaluate(variables: Float32Array): Promise<Evaluation>;
  release(): Promise<void>;
}

/** One loss and what it counts, its preset's unit included. */
interface Term {
  readonly name: string;
  readonly loss: Tensor;
  readonly weight: number;
}

/** Builds and compiles the objective for pictures of one size. */
export async function compileObjective(
  { width, height }: Size,
  targets: Targets,
  network: Network,
  runtime: Runtime,
  settings: Settings,
): Promise<Objective> {
  const variables = input("variables", [1, 3, height, width]);
  const image = imageOf(variables, settings.variables);
  const layers = [...weightedLayers(settings.contentLayers), ...weightedLayers(settings.styleLayers)];
  const features = network.features(image, buildOptions(settings, network, layers));
  const terms = [
    ...contentTerms(features, targets, settings),
    ...styleTerms(features, settings),
    smoothnessTerm(image, settings),
  ].filter(({ weight }) => weight > 0);

  const weighted = terms.map(({ name, loss }) => ({
    name,
    loss: multiply(input(weightName(name), []), loss),
  }));
  const total = add(scalar(0), ...weighted.map(({ loss }) => loss));
  const [gradient = variables] = gradients(total, [variables]);
  const losses = Object.fromEntries(weighted.map(({ name, loss }) => [name, loss]));
  const program = await runtime.compile({ ...losses, total, gradient });
  const weights = Object.fromEntries(
    terms.map(({ name, weight }) => [weightName(name), Float32Array.of(weight)]),
  );
  return {
    async evaluate(values) {
      const { gradient, ...losses } = await program.run({ ...targets, ...weights, variables: values });
      return { loss: report(losses), gradient };
    },
    release: () => program.release(),
  };
}

const weightName = (term: string): string => `weight.${term}`;

/** rgb = variables · scale + offset */
function imageOf(variables: Tensor, { scale, offset }: Variables): Tensor {
  const byChannel = (values: readonly number[]) => constant(Float32Array.from(values), [1, 3, 1, 1]);
  const scaled = scale.every((value) => value === 1) ? variables : multiply(variables, byChannel(scale));
  return offset.every((value) => value === 0) ? scaled : add(scaled, byChannel(offset));
}

const contentTerms = (features: Features, targets: Targets, settings: Settings): readonly Term[] =>
  weightedLayers(settings.contentLayers).map((layer) => {
    const map = featuresAt(features, layer);
    const weight = settings.contentWeight * weightOf(settings.contentLayers, layer);
    const unit = settings.relativeContent
      ? 1 / meanSquare(targets[contentTargetName(layer)], shapeOf(map))
      : settings.contentUnit(shapeOf(map));
    return {
      name: `content.${layer}`,
      loss: contentLoss(map.tensor, input(contentTargetName(layer), map.tensor.shape), map.channels),
      weight: weight * unit,
    };
  });

const styleTerms = (features: Features, settings: Settings): readonly Term[] =>
  weightedLayers(settings.styleLayers).map((layer) => {
    const map = featuresAt(features, layer);
    const measure = STYLE_MEASURES[settings.styleMeasure];
    const statistics = measure.statistics(map.tensor, map.channels);
    const target = Object.fromEntries(
      Object.entries(measure.prepare(statistics)).map(([part, { shape }]) => [
        part,
        input(styleTargetName(layer, part), shape),
      ]),
    );
    return {
      name: `style.${layer}`,
      loss: measure.loss(statistics, target, map.channels),
      weight: settings.styleWeight * weightOf(settings.styleLayers, layer) * settings.styleUnit(shapeOf(map)),
    };
  });

/** Σ values² / (C·H·W), never 0. */
const meanSquare = (values: Float32Array = new Float32Array(), shape: Shape): number =>
  Math.max(values.reduce((sum, value) => sum + value * value, 0) / sizeOf(shape), Number.MIN_VALUE);

const smoothnessTerm = (image: Tensor, settings: Settings): Term => ({
  name: "smoothness",
  loss: settings.smoothness === "absolute" ? totalVariation(image) : squaredVariation(image),
  weight: settings.smoothnessWeight * settings.smoothnessUnit(image.shape.slice(1)),
});

const weightOf = (weights: Settings["styleLayers"], layer: Layer): number => weights[layer] ?? 0;

/** C, H and W, with VGG-19's C where a smaller network stands in for it. */
const shapeOf = ({ tensor, channels }: FeatureMap): readonly number[] => [channels, ...tensor.shape.slice(2)];

function report(results: Readonly<Record<string, Float32Array>>): LossReport {
  const terms: Record<string, number> = {};
  for (const [name, [value = Number.NaN]] of Object.entries(results)) terms[name] = value;
  const { total = Number.NaN, ...parts } = terms;
  const sumOf = (kind: string) =>
    Object.entries(parts).reduce((sum, [name, value]) => (name.startsWith(kind) ? sum + value : sum), 0);
  return {
    total,
    content: sumOf("content"),
    style: sumOf("style"),
    smoothness: sumOf("smoothness"),
    terms: parts,
  };
}
