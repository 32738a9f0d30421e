/**
 * What the optimisation at one size begins with: the targets, and the objective, whole or in blocks as memory allows.
 * @module
 */
import { MisuseError } from "../errors.ts";
import { overMeanColour } from "../image/alpha.ts";
import type { Picture } from "../image/picture.ts";
import { resize } from "../image/resize.ts";
import type { Size } from "../image/size.ts";
import { partition } from "./blocks.ts";
import { compileBlockwiseObjective } from "./blockwise-objective.ts";
import type { Engine } from "./engine.ts";
import { levelled } from "./level.ts";
import { type Look, layersOf } from "./look.ts";
import type { Arrays, Named } from "./named.ts";
import { compileObjective, type Objective, shapesOf } from "./objective.ts";
import type { Settings } from "./settings.ts";
import {
  paintingAverages,
  paintingTargets,
  photographTargets,
  powersAmong,
  type WeightedStyle,
} from "./targets.ts";
import type { Term } from "./term.ts";
import { termsOf } from "./terms/table.ts";

/** What is to be repainted, and in what style; pictures of any size. */
export interface Subject {
  /** Opaque. */
  readonly photograph: Picture;
  readonly styles: readonly WeightedStyle[];
}

/** An objective, and what its terms count. */
export interface Prepared {
  readonly objective: Objective;
  /**
   * What each of the objective's terms counts by these settings.
   * @throws MisuseError when something is to count that is not among them.
   */
  weights(settings: Settings): Named<number>;
}

/**
 * Prepares the objective of one size.
 * @param terms what it is the sum of.
 * @param mostPixels how many pixels may be looked at at once; a larger picture is looked at in blocks.
 * @throws the signal's reason, where it is aborted between two blocks.
 */
export async function prepareObjective(
  size: Size,
  subject: Subject,
  engine: Engine,
  settings: Settings,
  terms: readonly Term[],
  mostPixels: number,
  signal?: AbortSignal,
): Promise<Prepared> {
  const look = { network: engine.network, runtime: engine.runtime, settings };
  const targets = await targetsAt(size, subject, engine, look, terms, mostPixels, signal);
  const layers = layersOf(terms);
  const compile = () => {
    if (size.width * size.height <= mostPixels) return compileObjective(size, targets, terms, look);
    const view = { ...look, layers, partition: partition(size, layers, mostPixels) };
    return compileBlockwiseObjective(view, targets, terms);
  };
  const objective = await compile();
  const whole = shapesOf(size, layers, look);
  return {
    objective: settings.levelled ? levelled(objective, size) : objective,
    weights(settings) {
      const named = new Map(termsOf(settings).map((term) => [term.name, term]));
      for (const { name, counts } of named.values()) {
        if (counts && !terms.some((term) => term.name === name)) {
          throw new MisuseError(
            `${name} counted nothing when the run began, and cannot be made to count now.`,
          );
        }
      }
      const power = powersAmong(targets);
      return Object.fromEntries(terms.map(({ name }) => [name, named.get(name)?.weight(whole, power) ?? 0]));
    },
  };
}

/** The targets at one size, from what is remembered of the pictures where the engine remembers. */
async function targetsAt(
  size: Size,
  { photograph, styles }: Subject,
  { statistics, network }: Engine,
  look: Look & { readonly settings: Settings },
  terms: readonly Term[],
  mostPixels: number,
  signal: AbortSignal | undefined,
): Promise<Arrays> {
  const { normalized, pooling, edges, styleMeasure, relative, styleSize } = look.settings;
  const asked = [normalized, pooling, edges, styleMeasure, relative, terms.map(({ name }) => name)];
  const remembered = (
    role: string,
    picture: Picture,
    { width, height }: Size,
    compute: (seen: Picture) => Promise<Arrays>,
  ) => {
    const limit = width * height <= mostPixels ? 0 : mostPixels;
    const question = JSON.stringify([role, network.checksum, width, height, limit, asked]);
    const make = () => compute(overMeanColour(resize(picture, width, height)));
    return statistics ? statistics.remember(picture, question, make) : make();
  };
  const ofPhotograph = await remembered("photograph", photograph, size, (seen) =>
    photographTargets(seen, terms, look, mostPixels, signal),
  );
  const paintings: { readonly averages: Arrays; readonly weight: number }[] = [];
  for (const { picture, weight } of styles) {
    if (weight === 0) continue;
    const averages = await remembered("painting", picture, styleSize(picture, size), (seen) =>
      paintingAverages(seen, terms, look, mostPixels, signal),
    );
    paintings.push({ averages, weight });
  }
  return { ...ofPhotograph, ...(await paintingTargets(paintings, terms, look)) };
}
