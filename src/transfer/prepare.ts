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
import { hostVectors } from "../optimizer/host-vectors.ts";
import { required } from "../required.ts";
import { partition } from "./blocks.ts";
import { compileBlockwiseObjective } from "./blockwise-objective.ts";
import { compileDeviceObjective } from "./device-objective.ts";
import { DevicePlace } from "./device-place.ts";
import { DeviceVectors } from "./device-vectors.ts";
import type { Engine } from "./engine.ts";
import { type Guidance, guidanceAt, regionShares, unguided } from "./guidance.ts";
import { levelled } from "./level.ts";
import { type Look, layersOf } from "./look.ts";
import { type Arrays, merged, type Named } from "./named.ts";
import { compileObjective, type Evaluation, shapesOf } from "./objective.ts";
import type { ScaleState } from "./run-state.ts";
import { optimizeScale, type ScaleStep, type ScaleWork } from "./scale.ts";
import type { Settings } from "./settings.ts";
import { blended, regionsOf, type WeightedStyle } from "./styles.ts";
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
  /** Its loss and gradient at variables `[3, height, width]`. The gradient is good until the next evaluation. */
  evaluate(variables: Float32Array, weights: Named<number>): Promise<Evaluation>;
  /** Minimises it; see {@link optimizeScale}. */
  minimise(
    work: ScaleWork,
    begin: Float32Array | ScaleState,
    signal?: AbortSignal,
  ): AsyncGenerator<ScaleStep, void>;
  /** Whether its vectors are in a device's memory, which may be lost with all that is there. */
  readonly onDevice: boolean;
  /** What guides the picture at this size. */
  readonly guidance: Guidance;
  /**
   * What each of the objective's terms counts by these settings.
   * @throws MisuseError when something is to count that is not among them.
   */
  weights(settings: Settings): Named<number>;
  /** Blends the paintings anew. @throws MisuseError for another number of weights than of styles. */
  blend(weights: readonly number[] | undefined): Promise<void>;
  /** Lets go of all that it holds, the vectors of what it minimises too. */
  release(): Promise<void>;
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
  const found = await statisticsAt(size, subject, engine, look, terms, mostPixels, signal);
  const blendTargets = (blend: readonly number[] | undefined) =>
    targetsOfPaintings(subject.styles, blend, found.paintings, terms, look);
  // What the objective looks up at each evaluation: another blend is put in its place.
  const targets: Record<string, Float32Array> = {
    ...found.photograph,
    ...(await blendTargets(settings.blend)),
  };
  const layers = layersOf(terms);
  const guidance = guidanceOf(size, subject, terms);
  let shares = sharesOf(guidance, subject.styles, settings.blend);
  const minimised = await compileMinimised(size, targets, terms, look, guidance, mostPixels);
  const { shape, features } = shapesOf(guidance, layers, look);
  const masked = maskedRegions(subject);
  return {
    ...minimised,
    guidance,
    weights(settings) {
      const named = new Map(termsOf(settings, masked).map((term) => [term.name, term]));
      for (const { name, counts } of named.values()) {
        if (counts && !terms.some((term) => term.name === name)) {
          throw new MisuseError(
            `${name} counted nothing when the run began, and cannot be made to count now.`,
          );
        }
      }
      const power = powersAmong(targets, shares);
      const whole = { shape, features, shares };
      return Object.fromEntries(terms.map(({ name }) => [name, named.get(name)?.weight(whole, power) ?? 0]));
    },
    async blend(weights) {
      Object.assign(targets, await blendTargets(weights));
      shares = sharesOf(guidance, subject.styles, weights);
    },
  };
}

/** The objective, whole or in blocks, where its vectors are best. */
async function compileMinimised(
  size: Size,
  targets: Arrays,
  terms: readonly Term[],
  look: Look & { readonly settings: Settings },
  guidance: Guidance,
  mostPixels: number,
): Promise<Pick<Prepared, "evaluate" | "minimise" | "onDevice" | "release">> {
  const { runtime, settings } = look;
  const whole = size.width * size.height <= mostPixels;
  if (whole && runtime.compileOnDevice) {
    const compile = runtime.compileOnDevice;
    const place = new DevicePlace();
    const objective = await compileDeviceObjective(
      compile,
      size,
      targets,
      terms,
      look,
      guidance,
      settings.levelled,
      place,
    );
    const vectors = new DeviceVectors(compile, [1, 3, size.height, size.width], place);
    return {
      async evaluate(variables, weights) {
        const point = await vectors.adopt(variables);
        const { loss, gradient } = await objective.evaluate(point, weights);
        vectors.release(point);
        return { loss, gradient: await vectors.read(gradient) };
      },
      minimise: (work, begin, signal) => optimizeScale({ objective, vectors }, work, begin, signal),
      onDevice: true,
      async release() {
        // The objective's program made gradients that vectors may hold.
        await vectors.close();
        await objective.release();
      },
    };
  }
  const layers = layersOf(terms);
  const compiled = await (whole
    ? compileObjective(size, targets, terms, look, guidance)
    : compileBlockwiseObjective(
        { ...look, layers, partition: partition(size, layers, mostPixels), guidance },
        targets,
        terms,
      ));
  const objective = settings.levelled ? levelled(compiled, size) : compiled;
  const vectors = hostVectors(3 * size.width * size.height);
  return {
    evaluate: (variables, weights) => objective.evaluate(variables, weights),
    minimise: (work, begin, signal) => optimizeScale({ objective, vectors }, work, begin, signal),
    onDevice: false,
    release: () => objective.release(),
  };
}

/** How much each region counts with other weights of the styles: its part of the picture times theirs. */
const sharesOf = (
  { parts }: Guidance,
  styles: readonly WeightedStyle[],
  blend: readonly number[] | undefined,
): readonly number[] => regionShares(parts, regionsOf(blended(styles, blend)));

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

/** What is to be known of the pictures at one size, from what is remembered where the engine remembers. */
async function statisticsAt(
  size: Size,
  subject: Subject,
  { statistics, network }: Engine,
  look: Look & { readonly settings: Settings },
  terms: readonly Term[],
  mostPixels: number,
  signal: AbortSignal | undefined,
): Promise<{ readonly photograph: Arrays; readonly paintings: readonly Arrays[] }> {
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
  const photograph = await remembered("photograph", subject.photograph, size, (seen) =>
    photographTargets(seen, terms, look, mostPixels, signal),
  );
  const paintings: Arrays[] = [];
  for (const { picture } of subject.styles) {
    paintings.push(
      await remembered("painting", picture, styleSize(picture, size), (seen) =>
        paintingAverages(seen, terms, look, mostPixels, signal),
      ),
    );
  }
  return { photograph, paintings };
}

/** The targets that are the paintings', region by region, blended by their weights. */
async function targetsOfPaintings(
  styles: readonly WeightedStyle[],
  blend: readonly number[] | undefined,
  averages: readonly Arrays[],
  terms: readonly Term[],
  look: Look,
): Promise<Arrays> {
  const weighed = blended(styles, blend).map(({ weight, mask }, index) => ({
    weight,
    mask,
    averages: required(averages[index], "averages of the painting"),
  }));
  const targets: Arrays[] = [];
  for (const [region, mask] of [...new Set(weighed.map(({ mask }) => mask))].entries()) {
    const here = weighed.filter((one) => one.mask === mask);
    const counting = here.filter(({ weight }) => weight > 0);
    // Where none of them counts, the region does not either, and any target will do.
    const paintings = counting.length > 0 ? counting : here.map((one) => ({ ...one, weight: 1 }));
    targets.push(await paintingTargets(paintings, terms, look, region));
  }
  return merged(targets);
}
