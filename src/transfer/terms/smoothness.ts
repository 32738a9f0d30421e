/**
 * Smoothness as a term of the total loss: γ times the differences between neighbouring pixels.
 * @module
 */
import type { Shape } from "../../graph/shape.ts";
import { squaredVariation, totalVariation } from "../../loss/total-variation.ts";
import { type TermKind, weightOption } from "../term.ts";

/** What a preset says of smoothness. */
export interface SmoothnessChoices {
  /** γ, what smoothness counts, in the preset's units. */
  readonly smoothnessWeight: number;
  /** Σ|Δ| or Σ(Δ)² over neighbours. */
  readonly smoothness: "absolute" | "squared";
  /** What the smoothness of RGB in [0, 1], `[3, H, W]`, is multiplied with. */
  smoothnessUnit(shape: Shape): number;
}

const weights = {
  smoothnessWeight: weightOption(
    "how much differences between neighbouring pixels count, in the preset's units",
  ),
};

/** The differences between neighbouring pixels. */
export const smoothness: TermKind<typeof weights, typeof weights, SmoothnessChoices> = {
  name: "smoothness",
  weights,
  options: weights,
  choose: (options, preset) => ({
    smoothnessWeight: options.smoothnessWeight ?? preset.smoothnessWeight,
  }),
  terms: ({ smoothness, smoothnessWeight, smoothnessUnit }) => [
    {
      name: "smoothness",
      over: "positions",
      counts: smoothnessWeight > 0,
      layers: [],
      powers: [],
      loss: ({ image, owned }) =>
        smoothness === "absolute" ? totalVariation(image, owned) : squaredVariation(image, owned),
      weight: ({ shape }) => smoothnessWeight * smoothnessUnit(shape.slice(1)),
    },
  ],
  measured: { smoothnessWeight: 0 },
};
