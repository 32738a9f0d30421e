/**
 * The objective of a picture too large to be looked at whole: exactly its loss and gradient, block by block (Galerne,
 * Raad, Lezama and Morel, 2024). Style depends on averages over the whole picture, S = Σ Sᵦ, so a first pass gathers them
 * and a small graph gives the style losses and ∂loss/∂S; a second pass takes Σᵦ ⟨∂loss/∂S, Sᵦ⟩ and each block's share of
 * the other losses back to the pixels. A block's gradient reaches into its neighbours, and is added there.
 * @module
 */
import { gradients } from "../graph/gradients.ts";
import { add } from "../graph/operations/add.ts";
import { multiply } from "../graph/operations/multiply.ts";
import { total as totalOf } from "../graph/operations/sum.ts";
import { input, type Tensor } from "../graph/tensor.ts";
import { type Features, throughHeads } from "../network/network.ts";
import { required } from "../required.ts";
import { type Block, featureBox } from "./blocks.ts";
import { gatherAverages, ownFeatures, sharesOf, type View } from "./gathering.ts";
import { type Guidance, guidanceArrays, unguided, withKept } from "./guidance.ts";
import { featuresOf, layersOf } from "./look.ts";
import type { Arrays, Named } from "./named.ts";
import {
  averagesLoss,
  imageOf,
  numbers,
  type Objective,
  shapesOf,
  weigh,
  weightArrays,
} from "./objective.ts";
import { addTo, cut, ownership } from "./planes.ts";
import { averageInputs, targetAmong, targetInput } from "./targets.ts";
import type { AveragesTerm, PositionsTerm, Term } from "./term.ts";

/**
 * Builds the objective of one size, in blocks of one shape. Beside the targets it holds one whole gradient, which every
 * evaluation overwrites. Each pass is compiled anew, a hundredth of its time, so that only one of them holds memory.
 */
export async function compileBlockwiseObjective(
  unguidedView: View,
  targets: Arrays,
  terms: readonly Term[],
): Promise<Objective> {
  const view = { guidance: unguided(unguidedView.partition.size), ...unguidedView };
  const { size, blocks } = view.partition;
  // First, for where there is no room for it there is not yet anything to be released.
  const gradient = new Float32Array(3 * size.width * size.height);
  const ofAverages = terms.filter((term) => term.over === "averages");
  const ofPositions = terms.filter((term) => term.over === "positions");
  const style = await compileStyle(view, targets, ofAverages);
  return {
    async evaluate(variables, weights, signal) {
      const { terms: styleTerms, pulls } = await style.judge(variables, weights, signal);
      const terms = { ...styleTerms };
      const descent = await compileDescent(view, targets, ofPositions, ofAverages);
      try {
        gradient.fill(0);
        for (const block of blocks) {
          signal?.throwIfAborted();
          const found = await descent.run(block, variables, weights, pulls);
          addTo(gradient, size, found.gradient, block.region);
          for (const [name, value] of Object.entries(found.terms)) terms[name] = (terms[name] ?? 0) + value;
        }
      } finally {
        await descent.release();
      }
      const total = Object.values(terms).reduce((sum, value) => sum + value, 0);
      return { loss: { total, terms }, gradient };
    },
    release: style.release,
  };
}

/** The losses of the whole picture's averages, and how each average S pulls: ∂loss/∂S by the pull's name. */
async function compileStyle(view: GuidedView, targets: Arrays, terms: readonly AveragesTerm[]) {
  if (terms.length === 0) return { judge: async () => NO_STYLE, release: async () => {} };

  const whole = wholeFeatures(view);
  const { guidance } = view;
  const averages = averageInputs(terms, whole, { planes: guidance.planes });
  const { losses, total } = weigh(terms, (term) => averagesLoss(term, averages, whole));
  const slopes = gradients(total, Object.values(averages));
  const pulls = Object.fromEntries(
    Object.keys(averages).map((name, i) => [pullName(name), required(slopes[i], `gradient by ${name}`)]),
  );
  const program = await view.runtime.compile({ ...losses, ...pulls });
  const seen = { ...view, layers: layersOf(terms) };
  const units = guidanceArrays(guidance);
  return {
    async judge(variables: Float32Array, weights: Named<number>, signal?: AbortSignal) {
      const toImage = (values: Tensor) => withKept(imageOf(values, view.settings.variables), guidance);
      const found = await program.run({
        ...targets,
        ...units,
        ...weightArrays(terms, weights),
        ...(await gatherAverages(seen, terms, variables, toImage, signal)),
      });
      const amongst = (some: Named<unknown>): Arrays =>
        Object.fromEntries(Object.entries(found).filter(([name]) => name in some));
      return { terms: numbers(amongst(losses)), pulls: amongst(pulls) };
    },
    release: () => program.release(),
  };
}

/** What one block adds to the gradient, and to the losses over positions. */
async function compileDescent(
  view: GuidedView,
  targets: Arrays,
  terms: readonly PositionsTerm[],
  style: readonly AveragesTerm[],
) {
  const { partition, runtime, settings, guidance } = view;
  const { size, region } = partition;
  const variables = input("variables", [1, 3, region.height, region.width]);
  const owned = input("owned", [1, 1, region.height, region.width]);
  const image = withKept(imageOf(variables, settings.variables), guidance);
  const features = featuresOf(image, view.layers, view);
  const inFull = ownFeatures(throughHeads(features), owned);
  const whole = shapesOf({ size, shares: guidance.shares }, view.layers, view);
  const { losses, total } = weigh(terms, (term) =>
    term.loss({ image, features: inFull, whole, owned }, targetInput(term, inFull)),
  );
  // ⟨∂loss/∂S, Sᵦ⟩ for every average S.
  const pulled = Object.entries(sharesOf(style, ownFeatures(features, owned), view)).map(([name, share]) =>
    totalOf(multiply(input(pullName(name), share.shape), share)),
  );
  const [gradient] = gradients(add(total, ...pulled), [variables]);
  const program = await runtime.compile({ ...losses, gradient });
  return {
    async run(block: Block, values: Float32Array, weights: Named<number>, pulls: Arrays) {
      const own = terms.flatMap((term) => ownTarget(term, targets, view, block));
      const { gradient, ...found } = await program.run({
        ...Object.fromEntries(own),
        ...weightArrays(terms, weights),
        ...pulls,
        variables: cut(values, size, block.region),
        owned: ownership(block),
        ...guidanceArrays(guidance, block),
      });
      return { terms: numbers(found), gradient: required(gradient, "gradient of the loss") };
    },
    release: () => program.release(),
  };
}

type GuidedView = View & { readonly guidance: Guidance };

/** What there is to say of averages that do not count. */
const NO_STYLE: { readonly terms: Named<number>; readonly pulls: Arrays } = { terms: {}, pulls: {} };

const pullName = (average: string): string => `pull.${average}`;

/** The whole picture's features, for their shapes and heads: a graph that is never run. */
function wholeFeatures(view: View): Features {
  const { width, height } = view.partition.size;
  return featuresOf(input("whole", [1, 3, height, width]), view.layers, view);
}

/** The part of a whole target that the block owns, and 0 elsewhere in its region, by its name. */
function ownTarget(
  term: PositionsTerm,
  targets: Arrays,
  { partition }: View,
  block: Block,
): readonly (readonly [string, Float32Array])[] {
  if (term.target === undefined) return [];
  const [name, target] = targetAmong(targets, term);
  const whole = featureBox({ left: 0, top: 0, ...partition.size }, term.target);
  const [region, owned] = [featureBox(block.region, term.target), featureBox(block.owned, term.target)];
  const rows = target.length / (whole.width * whole.height);
  const result = new Float32Array(rows * region.width * region.height);
  addTo(result, region, cut(target, whole, owned), {
    ...owned,
    left: owned.left - region.left,
    top: owned.top - region.top,
  });
  return [[name, result]];
}
