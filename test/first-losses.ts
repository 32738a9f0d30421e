/**
 * The losses that a preset sees at a picture it starts from, before anything moves. All pictures have the size that is
 * asked for, so that nothing is resampled.
 * @module
 */
import type { Engine } from "../src/transfer/engine.ts";
import type { OptionsInput } from "../src/transfer/options.ts";
import { stylize } from "../src/transfer/stylize.ts";
import { colours } from "./narrow-engine.ts";

/** One evaluation at `x`, and the pictures it was made with. */
export async function firstLosses(engine: Engine, preset: NonNullable<OptionsInput["preset"]>) {
  const [x, content, style] = [1, 2, 3].map((seed) => colours(32, 24, seed));
  const steps = stylize(
    {
      content,
      styles: [{ picture: style, weight: 1 }],
      initial: x,
      options: { preset, size: 32, iterations: 1, init: "x.png" },
    },
    engine,
  );
  for await (const { loss } of steps) return { x, content, style, loss };
  throw new Error("There was no evaluation");
}
