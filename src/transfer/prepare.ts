/**
 * What the optimisation at one size begins with: the targets, and the objective, whole or in blocks as memory allows.
 * @module
 */
import { MisuseError } from "../errors.ts";
import { overMeanColour } from "../image/alpha.ts";
import type { Mask } from "../image/mask.ts";
import type { Picture } from "../image/picture.ts";
import { resize } from "../image/resize.ts";
import type { Size } from "../image/size.ts";
import { partition } from "./blocks.ts";
import { compileBlockwiseObjective } from "./blockwise-objective.ts";
import type { Engine } from "./engine.ts";
import { type Guidance, guidanceAt, unguided } from "./guidance.ts";
import { levelled } from "./level.ts";
import { type Look, layersOf } from "./look.ts";
import { type Arrays, merged, type Named } from "./named.ts";
import { compileObjective, type Objective, shapesOf } from "./objective.ts";
import type { Settings } from "./settings.ts";
import { regionsOf, type WeightedStyle } from "./styles.ts";
import { paintingAverages, paintingTargets, photographTargets, powersAmong } from "./targets.ts";
import type { Term } from "./term.ts";
import { termsOf } from "./terms/table.ts";

/** What is to be repainted, and in what style; pictures of any size. */
export interface Subject {
  /** Opaque. */
  readonly photograph: Picture;
  readonly styles: readonly WeightedStyle[];
  /** Where the photograph stays as it is. */
  readonly keep?: Mask | undefined;
}

/** For each region of a subject's styles, whether a mask says where it is. */
export const maskedRegions = ({ styles, keep }: Pick<Subject, "styles" | "keep">): readonly boolean[] =>
  regionsOf(styles).map(({ mask }) => mask !== undefined || keep !== undefined);

/** An objective, and what its terms count. */
export interface Prepared {
  readonly objective: Objective;
  /** What guides the picture at this size. */
  readonly guidance: Guidance;
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
  const guidance = guidanceOf(size, subject, terms);
  const compile = () => {
    if (size.width * size.height <= mostPixels) {
      return compileObjective(size, targets, terms, look, guidance);
    }
    const view = { ...look, layers, partition: partition(size, layers, mostPixels), guidance };
    return compileBlockwiseObjective(view, targets, terms);
  };
  const objective = await compile();
  const whole = shapesOf(guidance, layers, look);
  const masked = maskedRegions(subject);
  return {
    guidance,
    objective: settings.levelled ? levelled(objective, size) : objective,
    weights(settings) {
      const named = new Map(termsOf(settings, masked).map((term) => [term.name, term]));
      for (const { name, counts } of named.values()) {
        if (counts && !terms.some((term) => term.name === name)) {
          throw new MisuseError(
            `${name} counted nothing when the run began, and cannot be made to count now.`,
          );
        }
      }
      const power = powersAmong(targets, guidance.shares);
      return Object.fromEntries(terms.map(({ name }) => [name, named.get(name)?.weight(whole, power) ?? 0]));
    },
  };
}

/** What is kept of the photograph at one size. */
export const keptAt = (size: Size, { photograph, keep }: Subject): Pick<Guidance, "keep"> =>
  keep ? guidanceAt(resize(photograph, size.width, size.height), [], keep, []) : {};

/** What guides the picture at one size. */
function guidanceOf(size: Size, { photograph, styles, keep }: Subject, terms: readonly Term[]): Guidance {
  if (keep === undefined && styles.every(({ mask }) => mask === undefined)) return unguided(size);
  const layers = layersOf(terms.filter((term) => term.over === "averages"));
  const seen = resize(photograph, size.width, size.height);
  return guidanceAt(seen, regionsOf(styles), keep, layers);
}

/** The targets at one size, from what is remembered of the pictures where the engine remembers. */
async function targetsAt(
  size: Size,
  subject: Subject,
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
  const ofPhotograph = await remembered("photograph", subject.photograph, size, (seen) =>
    photographTargets(seen, terms, look, mostPixels, signal),
  );
  const ofPaintings: Arrays[] = [];
  for (const [region, { styles }] of regionsOf(subject.styles).entries()) {
    const paintings: { readonly averages: Arrays; readonly weight: number }[] = [];
    for (const { picture, weight } of styles) {
      if (weight === 0) continue;
      const averages = await remembered("painting", picture, styleSize(picture, size), (seen) =>
        paintingAverages(seen, terms, look, mostPixels, signal),
      );
      paintings.push({ averages, weight });
    }
    if (paintings.length > 0) ofPaintings.push(await paintingTargets(paintings, terms, look, region));
  }
  return merged([ofPhotograph, ...ofPaintings]);
}
