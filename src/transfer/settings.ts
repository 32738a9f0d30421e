/**
 * A preset with the options that override it: everything a transfer needs to know, nothing left to decide.
 * @module
 */
import { MisuseError } from "../errors.ts";
import type { WideProfile } from "../image/picture.ts";
import { LONGEST_SIDE, SHORTEST_SIDE, type Size, sizeWithinLongestSide } from "../image/size.ts";
import type { OptimizerSettings } from "../optimizer/create.ts";
import { type OptionName, type Options, parseSteering, type Steering } from "./options.ts";
import type { Preset } from "./preset.ts";
import { gatys } from "./presets/gatys.ts";
import { impasto } from "./presets/impasto.ts";
import { neuralStyle } from "./presets/neural-style.ts";
import { notebook } from "./presets/notebook.ts";
import { chooseTerms, type TermOptions, weightOptions } from "./terms/table.ts";

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
  /** How much noise the start is mixed with. */
  readonly noiseRatio: number;
  readonly color: Options["color"];
  readonly seed: number;
  /** How much each style counts, in their order, where that was changed on the way. */
  readonly blend?: Steering["blend"];
  /** What all pictures' values mean; sRGB when absent. */
  readonly profile?: WideProfile | undefined;
  /** What content and style count at a strength from 0 to 1. */
  weightsAt(strength: number): Pick<Preset, "contentWeight" | "styleWeight">;
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
    ...chooseTerms(withoutStrength(options, weightsAt(preset), nameOf), preset),
    pooling: options.pooling ?? preset.pooling,
    edges: options.edges ?? preset.edges,
    contentSize: (content, asked) =>
      asked === "original" ? originalSize(content) : preset.contentSize(content, asked),
    styleSize: (style, result) => scaledStyleSize(style, result, preset, options.styleScale),
    schedule(longest) {
      const scales = preset.schedule(longest);
      const { scales: wanted = scales.length, iterations } = options;
      return scales
        .slice(Math.max(0, scales.length - wanted))
        .map((scale) => ({ ...scale, iterations: iterations ?? scale.iterations }));
    },
    init: options.init ?? preset.init,
    noiseRatio: options.noiseRatio,
    color: options.color,
    optimizer: optimizerSettings(options, preset, nameOf),
    size: options.size,
    seed: options.seed,
    profile: options.profile === "display-p3" ? options.profile : undefined,
    weightsAt: weightsAt(preset),
  };
  if (settings.contentWeight === 0 && settings.styleWeight === 0) {
    throw new MisuseError(
      `${nameOf("contentWeight")} and ${nameOf("styleWeight")} are both 0: there is nothing to make the picture from.`,
    );
  }
  return settings;
}

/**
 * Settings with other weights. What the steering does not name stays.
 * @throws MisuseError for a steering that contradicts itself.
 */
export const steered = (settings: Settings, { blend = settings.blend, ...steering }: Steering): Settings => ({
  ...settings,
  ...chooseTerms(withoutStrength(steering, settings.weightsAt, String), settings),
  blend,
});

/** All that steering can change, as it is in these settings. */
export const steeringOf = (settings: Settings): Steering =>
  parseSteering(
    Object.fromEntries(
      Object.entries(settings).filter(([name]) => name in weightOptions || name === "blend"),
    ),
  );

/** What the weight of the content is multiplied with at strength 0, and divided by at strength 1. */
const STRENGTH_RANGE = 30;

/** The strength dial moves α along a geometric scale, with the preset's own in the middle. */
const weightsAt =
  ({ contentWeight, styleWeight }: Preset): Settings["weightsAt"] =>
  (strength) => ({ contentWeight: contentWeight * STRENGTH_RANGE ** (1 - 2 * strength), styleWeight });

/** The strength as the weights it stands for. */
function withoutStrength(
  { strength, ...options }: Steering & TermOptions,
  weightsAt: Settings["weightsAt"],
  nameOf: (option: OptionName) => string,
): TermOptions {
  if (strength === undefined) return options;
  if (options.contentWeight !== undefined || options.styleWeight !== undefined) {
    throw new MisuseError(
      `${nameOf("strength")} stands for ${nameOf("contentWeight")} and ${nameOf("styleWeight")}: give it, or them.`,
    );
  }
  return { ...options, ...weightsAt(strength) };
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
