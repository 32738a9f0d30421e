/**
 * What a picture is scored by, as data: the numbers of an independent judge, in neural-style-pt's weights.
 * @module
 */
import * as z from "zod";

/** The layers whose statistics are the style. */
export const STYLE_LAYERS = ["conv1_1", "conv2_1", "conv3_1", "conv4_1", "conv5_1"] as const;

/** The layer whose features are the content. */
export const CONTENT_LAYER = "conv4_2";

const byStyleLayer = z.record(z.enum(STYLE_LAYERS), z.number());

/** The schema of {@link Scores}. */
export const scoresSchema = z.object({
  /** 5 · mean squared difference at conv4_2. */
  content: z.number(),
  /** 100 · mean squared difference of Gram matrices. */
  style: byStyleLayer,
  /** Wasserstein-2 distance between means and covariances, in units of the style's power. */
  w2: byStyleLayer,
  /** 1e-3 · Σ|Δ| over neighbours, in 0…255. */
  tv: z.number(),
  /** Content, style and total variation, added. */
  total: z.number(),
});

/** How far a picture is from a content and a style. */
export type Scores = z.output<typeof scoresSchema>;

/** The geometric mean. */
export const geometricMean = (values: readonly number[]): number =>
  Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);
