/**
 * One evaluation of an objective, targets and all, on any runtime: what runtimes are compared by.
 * @module
 */
import type { Network } from "../src/network/network.ts";
import type { Runtime } from "../src/runtime/runtime.ts";
import type { Evaluation } from "../src/transfer/objective.ts";
import { type OptionsInput, parseOptions } from "../src/transfer/options.ts";
import { prepareObjective } from "../src/transfer/prepare.ts";
import { resolveSettings } from "../src/transfer/settings.ts";
import { termsOf } from "../src/transfer/terms/table.ts";
import { colours } from "./narrow-engine.ts";
import { randomPicture } from "./narrow-vgg19.ts";

/** Losses and gradient at a random picture; content, painting and weights are the same whenever the arguments are. */
export async function evaluateOnce(
  engine: { readonly network: Network; readonly runtime: Runtime },
  options: OptionsInput,
  [width, height]: readonly [number, number],
): Promise<Evaluation> {
  const settings = resolveSettings(parseOptions(options));
  const terms = termsOf(settings).filter(({ counts }) => counts);
  const bright = colours(width, height, 2);
  // Its colours are spread otherwise than the picture's: a distance near 0 is all rounding.
  const painting = { ...bright, rgb: bright.rgb.map((value) => value ** 3) };
  const subject = { photograph: colours(width, height, 1), styles: [{ picture: painting, weight: 1 }] };
  const size = { width, height };
  const prepared = await prepareObjective(size, subject, engine, settings, terms, width * height);
  try {
    return await prepared.evaluate(randomPicture(height, width, 3), prepared.weights(settings));
  } finally {
    await prepared.release();
  }
}
