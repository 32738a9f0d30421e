/**
 * One picture's scores against another's, and whether they are good enough.
 * @module
 */
import { geometricMean, type Scores, STYLE_LAYERS } from "./scores.ts";

/** Scores as parts of another picture's: below 1 is better. */
export interface Comparison {
  readonly content: number;
  /** Geometric mean and maximum over the style layers' Wasserstein-2 distances. */
  readonly w2: number;
  readonly worstW2: number;
}

/** What a result may reach of its peer's scores. */
export const LIMITS: Comparison = { content: 1.1, w2: 1, worstW2: 1.5 };

/** Divides scores. */
export function compare(scores: Scores, other: Scores): Comparison {
  const ratios = STYLE_LAYERS.map((layer) => scores.w2[layer] / other.w2[layer]);
  return {
    content: scores.content / other.content,
    w2: geometricMean(ratios),
    worstW2: Math.max(...ratios),
  };
}

/** Whether each ratio is within {@link LIMITS}. */
export const passes = ({ content, w2, worstW2 }: Comparison): boolean =>
  content <= LIMITS.content && w2 <= LIMITS.w2 && worstW2 <= LIMITS.worstW2;

/** The geometric mean of the five Wasserstein-2 distances of one picture. */
export const styleDistance = ({ w2 }: Scores): number =>
  geometricMean(STYLE_LAYERS.map((layer) => w2[layer]));
