/**
 * The total loss and its gradient with respect to the variables, at one size, as a compiled graph: the sum of all terms,
 * each times its weight. Targets and weights are inputs, so that the graph serves any style of that size, and weights may
 * change from one evaluation to the next.
 * @module
 */
import { gradients } from "../graph/gradients.ts";
import { add } from "../graph/operations/add.ts";
import { multiply } from "../graph/operations/multiply.ts";
import { constant, input, scalar, type Tensor } from "../graph/tensor.ts";
import type { Size } from "../image/size.ts";
import type { Layer } from "../network/layers.ts";
import { type Features, throughHeads } from "../network/network.ts";
import { required } from "../required.ts";
import { type Guidance, guidanceArrays, unguided, withKept } from "./guidance.ts";
import { featuresOf, type Look, layersOf } from "./look.ts";
import { type Arrays, merged, type Named } from "./named.ts";
import type { Variables } from "./preset.ts";
import { targetInput, targetInputs } from "./targets.ts";
import type { AveragesTerm, Term, Whole } from "./term.ts";

/** The losses at one point, each weighted, as optimised. */
export interface LossReport {
  readonly total: number;
  /** Each term by its name: `content.conv4_2`, `style.conv1_1`, …, `smoothness`. */
  readonly terms: Named<number>;
}

/** Loss and gradient at one point. */
export interface Evaluation<Vector = Float32Array> {
  readonly loss: LossReport;
  /** ∂total/∂variables, `[3, height, width]`; good until the next evaluation. */
  readonly gradient: Vector;
}

/** A loss that can be evaluated, wherever its vectors are. It holds native memory until released. */
export interface Objective<Vector = Float32Array> {
  /**
   * @param variables `[3, height, width]`, in the settings' units.
   * @param weights what each term counts, by its name.
   * @throws the signal's reason, where it is aborted in the midst of a long evaluation.
   */
  evaluate(variables: Vector, weights: Named<number>, signal?: AbortSignal): Promise<Evaluation<Vector>>;
  release(): Promise<void>;
}

/** The objective as a graph: what is to be computed of a picture of one size, looked at whole. */
export function objectiveGraph(
  { width, height }: Size,
  terms: readonly Term[],
  look: Pick<Look, "network" | "settings">,
  guidance: Guidance,
): { readonly losses: Named<Tensor>; readonly total: Tensor; readonly gradient: Tensor } {
  const variables = input("variables", [1, 3, height, width]);
  const image = withKept(imageOf(variables, look.settings.variables), guidance);
  const features = featuresOf(image, layersOf(terms), look);
  const whole = { shape: image.shape, features: throughHeads(features), shares: guidance.shares };
  const averages = merged(
    terms.map((term) => (term.over === "averages" ? term.averages(features, guidance) : {})),
  );
  const { losses, total } = weigh(terms, (term) =>
    term.over === "averages"
      ? averagesLoss(term, averages, features)
      : term.loss({ image, features: whole.features, whole }, targetInput(term, whole.features)),
  );
  const [gradient] = gradients(total, [variables]);
  return { losses, total, gradient };
}

/**
 * Builds and compiles the objective for pictures of one size, looked at whole.
 * @param targets looked up at each evaluation.
 */
export async function compileObjective(
  size: Size,
  targets: Arrays,
  terms: readonly Term[],
  look: Look,
  guidance: Guidance = unguided(size),
): Promise<Objective> {
  const { losses, total, gradient } = objectiveGraph(size, terms, look, guidance);
  const program = await look.runtime.compile({ ...losses, total, gradient });
  const guides = guidanceArrays(guidance);
  return {
    async evaluate(values, weights) {
      const { gradient, ...results } = await program.run({
        ...targets,
        ...guides,
        ...weightArrays(terms, weights),
        variables: values,
      });
      return { loss: lossReport(results), gradient: required(gradient, "gradient of the loss") };
    },
    release: () => program.release(),
  };
}

/** The losses among results. */
export function lossReport(results: Arrays): LossReport {
  const { total, ...terms } = numbers(results);
  return { total: required(total, "total loss"), terms };
}

/** The loss of averages against the targets, which are inputs of the graph. */
export const averagesLoss = (term: AveragesTerm, averages: Named<Tensor>, network: Features): Tensor =>
  term.loss(averages, targetInputs(term, network), network);

/** Each term's loss times its weight, which is an input of the graph, and their sum. */
export function weigh<SomeTerm extends Term>(
  terms: readonly SomeTerm[],
  lossOf: (term: SomeTerm) => Tensor,
): { readonly losses: Named<Tensor>; readonly total: Tensor } {
  const losses = terms.map(
    (term) => [term.name, multiply(input(weightName(term), []), lossOf(term))] as const,
  );
  return {
    losses: Object.fromEntries(losses),
    total: add(scalar(0), ...losses.map(([, loss]) => loss)),
  };
}

/** Weights as the graph's inputs take them. */
export const weightArrays = (terms: readonly Term[], weights: Named<number>): Arrays =>
  Object.fromEntries(
    terms.map((term) => [
      weightName(term),
      Float32Array.of(required(weights[term.name], `weight of ${term.name}`)),
    ]),
  );

const weightName = ({ name }: Term): string => `weight.${name}`;

/** The whole picture's shapes: a graph that is never run. */
export function shapesOf(
  { size: { width, height }, shares }: Pick<Guidance, "size" | "shares">,
  layers: readonly Layer[],
  look: Look,
): Whole {
  const whole = input("whole", [1, 3, height, width]);
  return { shape: whole.shape, features: throughHeads(featuresOf(whole, layers, look)), shares };
}

/** rgb = variables · scale + offset */
export function imageOf(variables: Tensor, { scale: factors, offset }: Variables): Tensor {
  const byChannel = (values: readonly number[]) => constant(Float32Array.from(values), [1, 3, 1, 1]);
  const scaled = factors.every((value) => value === 1) ? variables : multiply(variables, byChannel(factors));
  return offset.every((value) => value === 0) ? scaled : add(scaled, byChannel(offset));
}

/** The single values of results. */
export const numbers = (results: Arrays): Record<string, number> =>
  Object.fromEntries(
    Object.entries(results).map(([name, [value]]) => [name, required(value, `value of ${name}`)]),
  );

/** The losses of one kind, such as `style`, added. */
export const lossOfKind = ({ terms }: LossReport, kind: string): number =>
  Object.entries(terms).reduce((sum, [name, value]) => (name.split(".")[0] === kind ? sum + value : sum), 0);
