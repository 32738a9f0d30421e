/**
 * The objective of a picture too large to be looked at whole: exactly its loss and gradient, block by block (Galerne,
 * Raad, Lezama and Morel, 2024). Style depends on averages over the whole picture, S = Σ Sᵦ, so a first pass gathers them
 * and a small graph gives the style losses and ∂loss/∂S; a second pass takes Σᵦ ⟨∂loss/∂S, Sᵦ⟩ and each block's share of
 * the other losses back to the pixels. A block's gradient reaches into its neighbours, and is added there.
 * @module
 */
import { gradients } from "../graph/gradients.ts";
import { add } from "../graph/operations/add.ts";
import { multiply, scale } from "../graph/operations/multiply.ts";
import { total as totalOf } from "../graph/operations/sum.ts";
import { input } from "../graph/tensor.ts";
import type { Layer } from "../network/layers.ts";
import { type Features, featuresAt, throughHeads } from "../network/network.ts";
import { required } from "../required.ts";
import { averageInputs, averagesOf, momentsAmong } from "./averages.ts";
import { type Block, featureBox, shareOf } from "./blocks.ts";
import { buildOptions } from "./build-options.ts";
import { gatherAverages, ownFeatures, type View } from "./gathering.ts";
import { numbers, type Objective, report } from "./objective.ts";
import { addTo, cut, ownership } from "./planes.ts";
import { type Settings, weightedLayers } from "./settings.ts";
import { contentTargetName, type Targets } from "./targets.ts";
import { contentTerms, imageOf, smoothnessTerm, styleTerms, weigh } from "./terms.ts";

/**
 * Builds the objective of one size, in blocks of one shape. Beside the targets it holds one whole gradient, which every
 * evaluation overwrites. Each pass is compiled anew, a hundredth of its time, so that only one of them holds memory.
 */
export async function compileBlockwiseObjective(view: View, targets: Targets): Promise<Objective> {
  const { size, blocks } = view.partition;
  // First, for where there is no room for it there is not yet anything to be released.
  const gradient = new Float32Array(3 * size.width * size.height);
  const style = await compileStyle(view, targets);
  return {
    async evaluate(variables, signal) {
      const { terms: styleTerms, pulls } = await style.judge(variables, signal);
      const terms = { ...styleTerms };
      const descent = await compileDescent(view, targets);
      try {
        gradient.fill(0);
        for (const block of blocks) {
          signal?.throwIfAborted();
          const found = await descent.run(block, variables, pulls);
          addTo(gradient, size, found.gradient, block.region);
          for (const [name, value] of Object.entries(found.terms)) terms[name] = (terms[name] ?? 0) + value;
        }
      } finally {
        await descent.release();
      }
      return { loss: report(terms), gradient };
    },
    release: style.release,
  };
}

/** The style losses of the whole picture, and how each of its averages S pulls: ∂loss/∂S by the pull's name. */
async function compileStyle(view: View, targets: Targets) {
  const { runtime, settings } = view;
  const layers = styleLayersOf(settings);
  if (layers.length === 0) return { judge: async () => NO_STYLE, release: async () => {} };

  const whole = wholeFeatures(view);
  const averages = new Map(layers.flatMap((layer) => averageInputs(featuresAt(whole, layer), layer)));
  const { losses, total, weights } = weigh(
    styleTerms(whole, (layer) => momentsAmong(averages, layer), targets, settings),
  );
  const slopes = gradients(total, [...averages.values()]);
  const pulls = Object.fromEntries(
    [...averages.keys()].map((name, i) => [pullName(name), required(slopes[i], `gradient by ${name}`)]),
  );
  const program = await runtime.compile({ ...losses, ...pulls });
  return {
    async judge(variables: Float32Array, signal?: AbortSignal) {
      const averages = await gatherAverages(
        view,
        layers,
        variables,
        (values) => imageOf(values, settings.variables),
        averagesOf,
        signal,
      );
      const found = Object.entries(await program.run({ ...targets, ...weights, ...averages }));
      return {
        terms: numbers(Object.fromEntries(found.filter(([name]) => name in losses))),
        pulls: Object.fromEntries(found.filter(([name]) => name in pulls)),
      };
    },
    release: () => program.release(),
  };
}

/** What one block adds to the gradient, and to the losses other than style. */
async function compileDescent(view: View, targets: Targets) {
  const { partition, network, runtime, settings } = view;
  const { size, region } = partition;
  const contentLayers = weightedLayers(settings.contentLayers);
  const layers = [...contentLayers, ...weightedLayers(settings.styleLayers)];
  const variables = input("variables", [1, 3, region.height, region.width]);
  const owned = input("owned", [1, 1, region.height, region.width]);
  const image = imageOf(variables, settings.variables);
  const features = network.features(image, buildOptions(settings, network, layers));
  const own = ownFeatures(features, owned);
  const { losses, total, weights } = weigh([
    ...contentTerms(
      ownFeatures(throughHeads(features), owned),
      throughHeads(wholeFeatures(view)),
      targets,
      settings,
    ),
    smoothnessTerm(image, [1, 3, size.height, size.width], settings, owned),
  ]);
  // ⟨∂loss/∂S, Sᵦ⟩ for every average S.
  const pulled = styleLayersOf(settings).flatMap((layer) =>
    averagesOf(own, layer).map(([name, value]) =>
      totalOf(multiply(input(pullName(name), value.shape), scale(shareOf(partition, layer), value))),
    ),
  );
  const [gradient] = gradients(add(total, ...pulled), [variables]);
  const program = await runtime.compile({ ...losses, gradient });
  const contentTarget = (layer: Layer): Float32Array => {
    const name = contentTargetName(layer);
    return required(targets[name], name);
  };
  return {
    async run(block: Block, values: Float32Array, pulls: Targets) {
      const own = contentLayers.map((layer) => [
        contentTargetName(layer),
        ownTarget(contentTarget(layer), view, block, layer),
      ]);
      const { gradient, ...terms } = await program.run({
        ...Object.fromEntries(own),
        ...weights,
        ...pulls,
        variables: cut(values, size, block.region),
        owned: ownership(block),
      });
      return { terms: numbers(terms), gradient: required(gradient, "gradient of the loss") };
    },
    release: () => program.release(),
  };
}

/** What there is to say of style that does not count. */
const NO_STYLE: { readonly terms: Record<string, number>; readonly pulls: Targets } = {
  terms: {},
  pulls: {},
};

/** The layers whose style counts. */
const styleLayersOf = ({ styleWeight, styleLayers }: Settings): readonly Layer[] =>
  styleWeight > 0 ? weightedLayers(styleLayers) : [];

const pullName = (average: string): string => `pull.${average}`;

/** The whole picture's features, for their shapes: a graph that is never run. */
function wholeFeatures({ partition, network, settings }: View): Features {
  const { width, height } = partition.size;
  const layers = [...weightedLayers(settings.contentLayers), ...weightedLayers(settings.styleLayers)];
  return network.features(input("whole", [1, 3, height, width]), buildOptions(settings, network, layers));
}

/** The part of a whole content target that the block owns, and 0 elsewhere in its region. */
function ownTarget(target: Float32Array, { partition }: View, block: Block, layer: Layer): Float32Array {
  const whole = featureBox({ left: 0, top: 0, ...partition.size }, layer);
  const [region, owned] = [featureBox(block.region, layer), featureBox(block.owned, layer)];
  const rows = target.length / (whole.width * whole.height);
  const result = new Float32Array(rows * region.width * region.height);
  addTo(result, region, cut(target, whole, owned), {
    ...owned,
    left: owned.left - region.left,
    top: owned.top - region.top,
  });
  return result;
}
