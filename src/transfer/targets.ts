/**
 * What the picture is to match: the photograph's features and the paintings' statistics, computed once for each size. The
 * terms say what they need; each picture is looked at once for all of them.
 * @module
 */
import { ImpastoError } from "../errors.ts";
import { input, type Tensor } from "../graph/tensor.ts";
import type { Picture } from "../image/picture.ts";
import { SHORTEST_SIDE } from "../image/size.ts";
import type { Layer } from "../network/layers.ts";
import { type Features, featuresAt, throughHeads } from "../network/network.ts";
import { required } from "../required.ts";
import type { Runtime } from "../runtime/runtime.ts";
import { averagesOf, momentsAmong } from "./averages.ts";
import { partition } from "./blocks.ts";
import { gatherAverages, gatherMaps } from "./gathering.ts";
import type { Guided } from "./guidance.ts";
import { featuresOf, type Look, layersOf } from "./look.ts";
import { type Arrays, merged, type Named } from "./named.ts";
import { type PowerAt, type PowerOf, powerName, powerOf } from "./power.ts";
import type { AveragesAt, AveragesTerm, PositionsTerm, Term } from "./term.ts";

const targetName = ({ name }: Term): string => `target.${name}`;

/** The target of a loss over positions, as an input of a graph. @param features as large as the target. */
export const targetInput = (term: PositionsTerm, features: Features): Tensor | undefined =>
  term.target && input(targetName(term), featuresAt(features, term.target).tensor.shape);

/** The target of a loss of averages, as inputs of a graph. @param network any features: for their shapes. */
export const targetInputs = (term: AveragesTerm, network: Features): Named<Tensor> =>
  Object.fromEntries(
    Object.entries(term.target(term.averages(network), network)).map(([part, { shape }]) => [
      part,
      input(`${targetName(term)}.${part}`, shape),
    ]),
  );

/** The target of a loss over positions among targets, the whole photograph's features, with its name. */
export const targetAmong = (targets: Arrays, term: PositionsTerm): readonly [string, Float32Array] => [
  targetName(term),
  required(targets[targetName(term)], targetName(term)),
];

/** The powers among targets. */
export const powersAmong =
  (targets: Arrays, shares: readonly number[] = [1]): PowerAt =>
  (whose, layer, region) => {
    const powerOf = (at: number): number => {
      const [power] = targets[powerName(whose, layer, at)] ?? [];
      if (power === undefined) {
        throw new ImpastoError(`The power of the ${whose} at ${layer} was not measured.`);
      }
      return power;
    };
    if (region !== undefined || whose === "photograph" || shares.length === 1) return powerOf(region ?? 0);
    const sum = shares.reduce((total, share) => total + share, 0);
    return shares.reduce((mean, share, at) => mean + (share / sum) * powerOf(at), 0);
  };

/**
 * The photograph's features and, where losses are measured against it, its power.
 * @param mostPixels how many pixels may be looked at at once; a larger picture is looked at in blocks.
 * @throws the signal's reason, where it is aborted between two blocks.
 */
export async function photographTargets(
  photograph: Picture,
  terms: readonly Term[],
  look: Look,
  mostPixels = Number.POSITIVE_INFINITY,
  signal?: AbortSignal,
): Promise<Arrays> {
  const powers = powerLayers(terms);
  const maps = terms.flatMap((term) =>
    term.over === "positions" && term.target ? [{ name: targetName(term), layer: term.target }] : [],
  );
  const mapLayers = maps.map(({ layer }) => layer);
  const averages = powers.map(powerAverages);
  let found: Arrays;
  if (fits(photograph, mostPixels)) {
    found = await lookAt(photograph, [...new Set([...mapLayers, ...powers])], look, (features) => {
      const inFull = throughHeads(features);
      return {
        ...Object.fromEntries(maps.map(({ name, layer }) => [name, featuresAt(inFull, layer).tensor])),
        ...allOf(averages, features),
      };
    });
  } else {
    const view = (layers: readonly Layer[]) => ({
      ...look,
      layers,
      partition: partition(photograph, layers, mostPixels),
    });
    found = {
      ...(await gatherMaps(view(mapLayers), maps, photograph.rgb, signal)),
      ...(await gatherAverages(view(powers), averages, photograph.rgb, (rgb) => rgb, signal)),
    };
  }
  return {
    ...Object.fromEntries(maps.map(({ name }) => [name, required(found[name], name)])),
    ...(await describe(found, averages, powers, look, (averages, network) =>
      powersOf("photograph", averages, network, powers),
    )),
  };
}

/**
 * One painting's averages, for {@link paintingTargets}.
 * @param mostPixels how many pixels may be looked at at once; a larger painting is looked at in blocks.
 * @throws the signal's reason, where it is aborted between two blocks.
 */
export async function paintingAverages(
  painting: Picture,
  terms: readonly Term[],
  look: Look,
  mostPixels = Number.POSITIVE_INFINITY,
  signal?: AbortSignal,
): Promise<Arrays> {
  const { layers, averages } = paintingQuestions(terms);
  if (fits(painting, mostPixels)) {
    return lookAt(painting, layers, look, (features) => allOf(averages, features));
  }
  const view = { ...look, layers, partition: partition(painting, layers, mostPixels) };
  return gatherAverages(view, averages, painting.rgb, (rgb) => rgb, signal);
}

/**
 * What the losses need of the paintings, given their averages, which are blended by weight, Σ wᵢ Sᵢ / Σ wᵢ; and, where
 * losses are measured against it, their power.
 */
export async function paintingTargets(
  paintings: readonly { readonly averages: Arrays; readonly weight: number }[],
  terms: readonly Term[],
  look: Look,
  region = 0,
): Promise<Arrays> {
  const { styles, powers, layers, averages } = paintingQuestions(terms);
  return describe(blend(paintings), averages, layers, look, (averages, network) =>
    merged([
      ...styles
        .filter((term) => term.region === region)
        .map((term) => {
          const target = Object.entries(term.target(averages, network));
          return Object.fromEntries(target.map(([part, value]) => [`${targetName(term)}.${part}`, value]));
        }),
      powersOf("painting", averages, network, powers, region),
    ]),
  );
}

/** What is asked of a painting: layers, and averages there. */
function paintingQuestions(terms: readonly Term[]) {
  const styles = terms.filter((term) => term.over === "averages");
  const powers = powerLayers(terms);
  return {
    styles,
    powers,
    layers: [...new Set([...powers, ...layersOf(styles)])],
    averages: [...powers.map(powerAverages), ...styles],
  };
}

function blend(paintings: readonly { readonly averages: Arrays; readonly weight: number }[]): Arrays {
  const sumOfWeights = paintings.reduce((sum, { weight }) => sum + weight, 0);
  const blended: Record<string, Float32Array> = {};
  for (const { averages, weight } of paintings) {
    for (const [name, values] of Object.entries(averages)) {
      const sum = blended[name] ?? new Float32Array(values.length);
      blended[name] = sum.map((value, index) => value + (weight / sumOfWeights) * values[index]);
    }
  }
  return blended;
}

/** Where any of the terms asks for the pictures' power. */
const powerLayers = (terms: readonly Term[]): readonly Layer[] => [
  ...new Set(terms.flatMap(({ powers }) => powers)),
];

const powerAverages = (layer: Layer): AveragesAt => ({
  layer,
  averages: (features) => averagesOf(features, layer),
});

const allOf = (some: readonly AveragesAt[], features: Features, guided?: Guided): Named<Tensor> =>
  merged(some.map(({ averages }) => averages(features, guided)));

const powersOf = (
  whose: PowerOf,
  averages: Named<Tensor>,
  network: Features,
  layers: readonly Layer[],
  region = 0,
): Named<Tensor> =>
  Object.fromEntries(
    layers.map((layer) => [
      powerName(whose, layer, region),
      powerOf(momentsAmong(averages, layer), featuresAt(network, layer)),
    ]),
  );

/** Computes something of a picture's averages. */
async function describe(
  values: Arrays,
  averages: readonly AveragesAt[],
  layers: readonly Layer[],
  look: Look,
  description: (averages: Named<Tensor>, network: Features) => Named<Tensor>,
): Promise<Arrays> {
  if (layers.length === 0) return {};
  // Any size: the features are there for their channels and heads alone.
  const network = featuresOf(input("image", [1, 3, SHORTEST_SIDE, SHORTEST_SIDE]), layers, look);
  const inputs = averageInputs(averages, network);
  return runOnce(look.runtime, description(inputs, network), values);
}

/** Averages as inputs of a graph. @param network any features: for their shapes. */
export const averageInputs = (
  averages: readonly AveragesAt[],
  network: Features,
  guided?: Guided,
): Named<Tensor> =>
  Object.fromEntries(
    Object.entries(allOf(averages, network, guided)).map(([name, { shape }]) => [name, input(name, shape)]),
  );

const fits = ({ width, height }: Picture, mostPixels: number): boolean => width * height <= mostPixels;

/** Computes something of a picture's features. */
async function lookAt(
  { width, height, rgb }: Picture,
  layers: readonly Layer[],
  look: Look,
  description: (features: Features) => Named<Tensor>,
): Promise<Arrays> {
  if (layers.length === 0) return {};
  const image = input("image", [1, 3, height, width]);
  return runOnce(look.runtime, description(featuresOf(image, layers, look)), { image: rgb });
}

async function runOnce(runtime: Runtime, outputs: Named<Tensor>, inputs: Arrays): Promise<Arrays> {
  const isPassed = ([name, { leaf }]: readonly [string, Tensor]) =>
    leaf && "input" in leaf && leaf.input === name;
  const passed = Object.entries(outputs).filter(isPassed);
  const made = Object.entries(outputs).filter((output) => !isPassed(output));
  const kept = Object.fromEntries(passed.map(([name]) => [name, required(inputs[name], name)]));
  if (made.length === 0) return kept;
  const program = await runtime.compile(Object.fromEntries(made));
  try {
    return { ...kept, ...(await program.run(inputs)) };
  } finally {
    await program.release();
  }
}
