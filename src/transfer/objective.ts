/**
 * The total loss and its gradient with respect to the variables, at one size, as a compiled graph:
 * α·content + β·style + smoothness. Targets and weights are inputs, so that the graph serves any style of that size.
 * @module
 */
import { gradients } from "../graph/gradients.ts";
import { input } from "../graph/tensor.ts";
import type { Size } from "../image/size.ts";
import { moments } from "../loss/moments.ts";
import { featuresAt, type Network, throughHeads } from "../network/network.ts";
import { required } from "../required.ts";
import type { Runtime } from "../runtime/runtime.ts";
import { buildOptions } from "./build-options.ts";
import { type Settings, weightedLayers } from "./settings.ts";
import type { Targets } from "./targets.ts";
import { contentTerms, imageOf, smoothnessTerm, styleTerms, weigh } from "./terms.ts";

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
  /** ∂total/∂variables, `[3, height, width]`; good until the next evaluation. */
  readonly gradient: Float32Array;
}

/** A loss that can be evaluated. It holds native memory until released. */
export interface Objective {
  /**
   * @param variables `[3, height, width]`, in the settings' units.
   * @throws the signal's reason, where it is aborted in the midst of a long evaluation.
   */
  evaluate(variables: Float32Array, signal?: AbortSignal): Promise<Evaluation>;
  release(): Promise<void>;
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
  const inFull = throughHeads(features);
  const { losses, total, weights } = weigh([
    ...contentTerms(inFull, inFull, targets, settings),
    ...styleTerms(features, (layer) => moments(featuresAt(features, layer).tensor), targets, settings),
    smoothnessTerm(image, image.shape, settings),
  ]);
  const [gradient] = gradients(total, [variables]);
  const program = await runtime.compile({ ...losses, total, gradient });
  return {
    async evaluate(values) {
      const { gradient, ...results } = await program.run({ ...targets, ...weights, variables: values });
      const { total, ...terms } = numbers(results);
      return {
        loss: report(terms, required(total, "total loss")),
        gradient: required(gradient, "gradient of the loss"),
      };
    },
    release: () => program.release(),
  };
}

/** The single values of results. */
export const numbers = (results: Readonly<Record<string, Float32Array>>): Record<string, number> =>
  Object.fromEntries(
    Object.entries(results).map(([name, [value]]) => [name, required(value, `value of ${name}`)]),
  );

/** Sums weighted terms by their kind. @param total their sum, where it is known already. */
export function report(
  terms: Readonly<Record<string, number>>,
  total = sum(Object.values(terms)),
): LossReport {
  const sumOf = (kind: string) =>
    sum(Object.entries(terms).flatMap(([name, value]) => (name.startsWith(kind) ? [value] : [])));
  return {
    total,
    content: sumOf("content"),
    style: sumOf("style"),
    smoothness: sumOf("smoothness"),
    terms,
  };
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
