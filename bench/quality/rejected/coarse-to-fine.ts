/**
 * The method once more (src/transfer/stylize.ts), with places for what was tried in it: without blocks, without stopping, and
 * always from the photograph.
 * @module
 */
import { overMeanColour, withAlpha } from "../../../src/image/alpha.ts";
import { resize } from "../../../src/image/resize.ts";
import { sizeWithLongestSide } from "../../../src/image/size.ts";
import type { Network } from "../../../src/network/network.ts";
import type { Iterate, Stylization } from "../../../src/transfer/iterate.ts";
import type { Objective } from "../../../src/transfer/objective.ts";
import { prepareObjective } from "../../../src/transfer/prepare.ts";
import { optimizeScale, type ScaleState } from "../../../src/transfer/scale.ts";
import type { Settings } from "../../../src/transfer/settings.ts";
import { pictureOf, variablesOf } from "../../../src/transfer/start.ts";
import type { Engine, StylizeRequest } from "../../../src/transfer/stylize.ts";
import { TimeLeft } from "../../../src/transfer/time-left.ts";
import { type LinearMap, type LinearMapAt, type MappedObjective, throughMap } from "./linear-map.ts";

/** Repaints a photograph in another way than the product does, with the product's settings. */
export type Way = (
  request: Omit<StylizeRequest, "options">,
  settings: Settings,
  engine: Engine,
) => AsyncGenerator<Iterate, Stylization>;

/** What is done otherwise than in the product; with none of it, the same comes out. */
export interface Departures {
  /** What the optimiser moves in place of pixels. */
  readonly variables?: LinearMapAt;
  /** Whether a size ends before its evaluations are made, given the accepted loss after each of them so far. */
  enough?(losses: readonly number[]): boolean;
  /** What looks at the picture at all sizes but the last. */
  readonly coarseNetwork?: Network;
}

/** No picture is too large to be looked at at once. */
const WHOLE = Number.POSITIVE_INFINITY;

/** Repaints a photograph, as `repaint` does but for the departures. @throws Error when it is to start elsewhere. */
export async function* coarseToFine(
  { content, styles }: Omit<StylizeRequest, "options">,
  settings: Settings,
  { network, runtime }: Engine,
  { variables, enough, coarseNetwork = network }: Departures = {},
): AsyncGenerator<Iterate, Stylization> {
  if (settings.init !== "content") throw new Error("The rejected ways start from the photograph.");
  const began = performance.now();
  const size = settings.contentSize(content, settings.size);
  const scales = settings.schedule(Math.max(size.width, size.height)).map(({ longest, iterations }) => {
    const scale = sizeWithLongestSide(size.width, size.height, longest);
    return { iterations, size: scale, pixelsSeen: scale.width * scale.height };
  });
  const timeLeft = new TimeLeft(scales, settings.styleMeasure, network.standsIn);
  const photograph = overMeanColour(content);
  let picture = photograph;
  let evaluations = 0;
  let last: ScaleState | undefined;

  for (const [index, { size: scale, iterations }] of scales.entries()) {
    const eyes = { network: index < scales.length - 1 ? coarseNetwork : network, runtime };
    const ofPixels = await prepareObjective(scale, { photograph, styles }, eyes, settings, WHOLE);
    const pixels = variablesOf(resize(picture, scale.width, scale.height), settings.variables);
    const objective = await inVariables(ofPixels, pixels, variables?.(scale));
    const losses: number[] = [];
    let here: ScaleState | undefined;
    try {
      for await (const state of optimizeScale(objective, objective.start, settings.optimizer, iterations)) {
        const seconds = state.seconds - (here?.seconds ?? 0);
        const shown = pictureOf(await objective.pixels(state.accepted.variables), scale, settings.variables);
        here = state;
        picture = shown;
        evaluations += 1;
        losses.push(state.accepted.loss.total);
        yield {
          scale: index + 1,
          scales: scales.length,
          size: scale,
          evaluation: state.evaluation,
          evaluations: iterations,
          loss: state.accepted.loss,
          secondsElapsed: (performance.now() - began) / 1000,
          secondsLeft: timeLeft.after(index, state.evaluation, seconds),
          picture: () => shown,
        };
        if (enough?.(losses)) break;
      }
    } finally {
      await objective.release();
    }
    last = here;
  }

  if (last === undefined) throw new Error("Expected a schedule of at least one evaluation.");
  const { alpha } = content.alpha ? resize(content, size.width, size.height) : content;
  return {
    picture: withAlpha(picture, alpha),
    loss: last.accepted.loss,
    evaluations,
    seconds: (performance.now() - began) / 1000,
    secondsPerEvaluation: last.seconds / last.evaluation,
    optimizer: settings.optimizer,
    stopped: false,
  };
}

/** The objective as a function of what the optimiser moves: of pixels where there is no map. */
const inVariables = async (
  objective: Objective,
  start: Float32Array,
  map: LinearMap | undefined,
): Promise<MappedObjective> =>
  map
    ? throughMap(objective, start, map)
    : {
        start,
        pixels: async (variables) => variables,
        evaluate: (variables) => objective.evaluate(variables),
        release: () => objective.release(),
      };
