/**
 * Measures a picture without changing it: the losses and the gradient's norm, every weight 1, means throughout.
 * @module
 */
import { MisuseError } from "../errors.ts";
import { overMeanColour } from "../image/alpha.ts";
import type { Picture } from "../image/picture.ts";
import { SHORTEST_SIDE } from "../image/size.ts";
import type { Pooling } from "../network/network.ts";
import { type Engine, memoryOf } from "./engine.ts";
import { parseOptions } from "./options.ts";
import { heldBytes, planMemory } from "./plan.ts";
import { prepareObjective } from "./prepare.ts";
import { UNIT_VARIABLES } from "./preset.ts";
import { resolveSettings, type Settings } from "./settings.ts";
import { measuredTerms, termsOf } from "./terms/table.ts";

/** What was measured: content and style by layer, unweighted. */
export interface Measurement {
  readonly network: string;
  readonly pooling: Pooling;
  readonly content: Readonly<Record<string, number>>;
  readonly style: Readonly<Record<string, number>>;
  /** Content and the five style losses, added. */
  readonly total: number;
  /** ‖∂total/∂pixels‖₂, for pixels in [0, 1]. */
  readonly gradientNorm: number;
}

/** Three pictures of at least 16 pixels a side, none of which is resampled. */
export interface MeasureRequest {
  readonly image: Picture;
  readonly content: Picture;
  readonly style: Picture;
  readonly pooling: Pooling;
}

/**
 * Measures how far `image` is from the content of one picture and the style of another.
 * @throws MisuseError when the content has not the image's size, or a picture is too small for the network.
 */
export async function measure(
  { image, content, style, pooling }: MeasureRequest,
  engine: Engine,
): Promise<Measurement> {
  for (const [name, { width, height }] of Object.entries({ image, content, style })) {
    if (Math.min(width, height) < SHORTEST_SIDE) {
      throw new MisuseError(
        `The ${name} has ${width}×${height} pixels, and measuring needs at least ${SHORTEST_SIDE} a side.`,
      );
    }
  }
  if (image.width !== content.width || image.height !== content.height) {
    throw new MisuseError(
      `The content has ${content.width}×${content.height} pixels and the image ${image.width}×${image.height}: measure pictures of one size.`,
    );
  }
  const { network } = engine;
  const settings = plainSettings(pooling);
  const terms = termsOf(settings).filter(({ counts }) => counts);
  const work = { network, settings, terms, limits: engine.runtime.limits };
  const { mostPixels } = planMemory(image, work, memoryOf(engine), heldBytes([image, content, style]));
  const subject = { photograph: overMeanColour(content), styles: [{ picture: style, weight: 1 }] };
  const prepared = await prepareObjective(image, subject, engine, settings, terms, mostPixels);
  try {
    const { loss, gradient } = await prepared.evaluate(overMeanColour(image).rgb, prepared.weights(settings));
    return {
      network: network.name,
      pooling,
      content: lossesOf(loss.terms, "content."),
      style: lossesOf(loss.terms, "style."),
      total: loss.total,
      gradientNorm: Math.sqrt(gradient.reduce((sum, value) => sum + value * value, 0)),
    };
  } finally {
    await prepared.release();
  }
}

/** The fixtures' convention: every weight 1, raw features, means, pixels in [0, 1]. */
function plainSettings(pooling: Pooling): Settings {
  const options = { preset: "neural-style", pooling, ...measuredTerms };
  // Nothing is resampled.
  return {
    ...resolveSettings(parseOptions(options)),
    variables: UNIT_VARIABLES,
    styleSize: (style) => style,
  };
}

const lossesOf = (terms: Readonly<Record<string, number>>, kind: string): Record<string, number> =>
  Object.fromEntries(
    Object.entries(terms).flatMap(([name, value]) =>
      name.startsWith(kind) ? [[name.slice(kind.length), value]] : [],
    ),
  );
