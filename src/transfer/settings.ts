/**
 * A preset with the options that override it: everything a transfer needs to know, nothing left to decide.
 * @module
 */
import { MisuseError } from "../errors.ts";
import { LONGEST_SIDE, SHORTEST_SIDE, type Size, sizeWithinLongestSide } from "../image/size.ts";
import { LAYERS, type Layer } from "../network/layers.ts";
import type { LayerWeights, OptionName, Options } from "./options.ts";
import type { OptimizerSettings, Preset } from "./preset.ts";
import { gatys } from "./presets/gatys.ts";
import { impasto } from "./presets/impasto.ts";
import { neuralStyle } from "./presets/neural-style.ts";
import { notebook } from "./presets/notebook.ts";

/** The presets by name. */
export const PRESETS: Readonly<Record<Options["preset"], Preset>> = {
  impasto,
  gatys,
  notebook,
  "neural-style": neuralStyle,
};

/** A preset, overridden. */
export interface Settings extends Omit<Preset, "optimizer" | "init" | "lbfgs" | "adam" | "contentSize"> {
  /** Longest side of the result, or the photograph's own size; the preset decides when absent. */
  readonly size: Options["size"];
  /** The size of the result, given the photograph's and what was asked for. @throws MisuseError when it is too large. */
  contentSize(content: Size, asked: Options["size"]): Size;
  readonly optimizer: OptimizerSettings;
  readonly init: string;
  readonly seed: number;
}

/**
 * The size at which a style is seen when its strokes are to be `scale` times as large as the preset has them: made larger
 * up to the picture's own size, for there is nothing more to be seen in it.
 */
function scaledStyleSize(style: Size, result: Size, preset: Preset, scale: number): Size {
  const side = (length: number): number =>
    Math.min(LONGEST_SIDE, Math.max(SHORTEST_SIDE, Math.round(scale * length)));
  const longest = ({ width, height }: Size): number => Math.max(width, height);
  const wished = preset.styleSize(style, { width: side(result.width), height: side(result.height) });
  const most = Math.max(longest(style), longest(preset.styleSize(style, result)));
  return longest(wished) > most ? sizeWithinLongestSide(wished.width, wished.height, most) : wished;
}

/** The photograph's own size, as far as there are results of that size. */
function originalSize({ width, height }: Size): Size {
  if (Math.max(width, height) > LONGEST_SIDE) {
    throw new MisuseError(
      `The photograph has ${width}×${height} pixels, and no side of a result has more than ${LONGEST_SIDE}: give its size as a number.`,
    );
  }
  return { width: Math.max(SHORTEST_SIDE, width), height: Math.max(SHORTEST_SIDE, height) };
}

/**
 * Lets the options override their preset.
 * @param nameOf what to call an option in messages, where it is not by its name.
 * @throws MisuseError for options that contradict each other.
 */
export function resolveSettings(options: Options, nameOf = (option: OptionName): string => option): Settings {
  const preset = PRESETS[options.preset];
  const settings: Settings = {
    ...preset,
    pooling: options.pooling ?? preset.pooling,
    edges: options.edges ?? preset.edges,
    styleMeasure: options.styleMeasure ?? preset.styleMeasure,
    contentWeight: alphaOf(options, preset, nameOf),
    contentSize: (content, asked) =>
      asked === "original" ? originalSize(content) : preset.contentSize(content, asked),
    styleSize: (style, result) => scaledStyleSize(style, result, preset, options.styleScale),
    styleWeight: options.styleWeight ?? preset.styleWeight,
    smoothnessWeight: options.smoothnessWeight ?? preset.smoothnessWeight,
    contentLayers: options.contentLayers ?? preset.contentLayers,
    styleLayers: options.styleLayers ?? preset.styleLayers,
    schedule: (longest) =>
      preset
        .schedule(longest)
        // The last ones; all of them (−0) where no number is given.
        .slice(-(options.scales ?? 0))
        .map((scale) => ({ ...scale, iterations: options.iterations ?? scale.iterations })),
    init: options.init ?? preset.init,
    optimizer: optimizerSettings(options, preset, nameOf),
    size: options.size,
    seed: options.seed,
  };
  if (settings.contentWeight === 0 && settings.styleWeight === 0) {
    throw new MisuseError(
      `${nameOf("contentWeight")} and ${nameOf("styleWeight")} are both 0: there is nothing to make the picture from.`,
    );
  }
  return settings;
}

/** What the weight of the content is multiplied with at strength 0, and divided by at strength 1. */
const STRENGTH_RANGE = 30;

/** The strength dial moves α along a geometric scale, with the preset's own in the middle. */
function alphaOf(
  { strength, contentWeight, styleWeight }: Options,
  preset: Preset,
  nameOf: (option: OptionName) => string,
): number {
  if (strength === undefined) return contentWeight ?? preset.contentWeight;
  if (contentWeight !== undefined || styleWeight !== undefined) {
    throw new MisuseError(
      `${nameOf("strength")} stands for ${nameOf("contentWeight")} and ${nameOf("styleWeight")}: give it, or them.`,
    );
  }
  return preset.contentWeight * STRENGTH_RANGE ** (1 - 2 * strength);
}

function optimizerSettings(
  options: Options,
  preset: Preset,
  nameOf: (option: OptionName) => string,
): OptimizerSettings {
  const kind = options.optimizer ?? preset.optimizer;
  if (kind === "adam") {
    if (options.history !== undefined)
      throw new MisuseError(`${nameOf("history")} is for the lbfgs optimizer, not for adam.`);
    return { ...preset.adam, learningRate: options.learningRate ?? preset.adam.learningRate };
  }
  if (options.learningRate !== undefined) {
    throw new MisuseError(`${nameOf("learningRate")} is for the adam optimizer, not for lbfgs.`);
  }
  return { ...preset.lbfgs, history: options.history ?? preset.lbfgs.history };
}

/** The layers with a weight above 0, in the network's order. */
export const weightedLayers = (weights: LayerWeights): readonly Layer[] =>
  LAYERS.filter((layer) => (weights[layer] ?? 0) > 0);
