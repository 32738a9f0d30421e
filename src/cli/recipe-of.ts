/**
 * The recipe of a result: every option as it was used, the preset's choices included, and names without folders, so
 * that neither a new version's defaults nor the place of the files changes what it says.
 * @module
 */
import { basename } from "node:path";
import type { Size } from "../image/size.ts";
import type { OpenedEngine } from "../transfer/engine.node.ts";
import type { Stylization } from "../transfer/iterate.ts";
import type { Options } from "../transfer/options.ts";
import { writeRecipe } from "../transfer/recipe.ts";
import type { Settings } from "../transfer/settings.ts";
import { type Inputs, isFile } from "./inputs.ts";
import { readVersion } from "./version.ts";

/** All that a recipe tells of. */
export interface Making {
  readonly options: Options;
  readonly settings: Settings;
  readonly inputs: Inputs;
  readonly engine: OpenedEngine;
  readonly result: Result;
}

/** What a recipe says of a result. */
export type Result = Pick<Stylization, "loss" | "evaluations" | "stopped" | "optimizer"> & {
  readonly picture: Size;
};

/** No number takes more digits than this one. */
const LONG = -Number.MAX_VALUE;

/** A result of which a recipe says more than of any that may come of the work. */
export const longestResult = (picture: Size, { optimizer }: Settings): Result => ({
  picture,
  loss: { total: LONG, content: LONG, style: LONG, smoothness: LONG, terms: {} },
  evaluations: Number.MAX_SAFE_INTEGER,
  stopped: false,
  optimizer,
});

/** Writes the recipe as JSON. */
export function recipeOf({ options, settings, inputs, engine, result }: Making): string {
  const { network, runtime } = engine;
  const { width, height } = result.picture;
  const { total, content, style, smoothness } = result.loss;
  return writeRecipe({
    software: `impasto ${readVersion()}`,
    options: {
      ...usedOptions(options, { ...settings, optimizer: result.optimizer }, Math.max(width, height)),
      threads: runtime.threads,
    },
    network: { name: network.name, checksum: network.checksum },
    device: runtime.device,
    content: inputs.content.facts,
    styles: inputs.styles.map(({ facts, weight }) => ({ ...facts, weight })),
    ...(inputs.initial === undefined ? {} : { initial: inputs.initial.facts }),
    schedule: settings.schedule(Math.max(width, height)),
    size: { width, height },
    evaluations: result.evaluations,
    stopped: result.stopped,
    loss: { total, content, style, smoothness },
  });
}

/**
 * The strength is left out, for the weights it stood for are there, and both together are refused; and the threads, which
 * the runtime knows.
 */
function usedOptions(
  { strength: _, threads: _threads, ...options }: Options,
  settings: Settings,
  size: number,
): Options {
  const { optimizer, init, pooling, edges, styleMeasure, contentLayers, styleLayers } = settings;
  const { contentWeight, styleWeight, smoothnessWeight } = settings;
  const schedule = settings.schedule(size);
  const [iterations, ...others] = new Set(schedule.map((scale) => scale.iterations));
  return {
    ...options,
    size,
    scales: schedule.length,
    // Where a preset has another number at each size, no option could say so.
    ...(iterations === undefined || others.length > 0 ? {} : { iterations }),
    contentWeight,
    styleWeight,
    smoothnessWeight,
    contentLayers,
    styleLayers,
    styleMeasure,
    edges,
    pooling,
    optimizer: optimizer.kind,
    ...(optimizer.kind === "adam"
      ? { learningRate: optimizer.learningRate }
      : { history: optimizer.history }),
    init: isFile(init) ? basename(init) : init,
    network: ["auto", "vgg19", "built-in"].includes(options.network)
      ? options.network
      : basename(options.network),
  };
}
