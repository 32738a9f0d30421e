/**
 * The styles of a run: paintings, how much each counts, and where it paints.
 * @module
 */
import { MisuseError } from "../errors.ts";
import type { Mask } from "../image/mask.ts";
import type { Picture } from "../image/picture.ts";

/** A painting and how much it counts beside the others. */
export interface WeightedStyle {
  readonly picture: Picture;
  /** At least 0; only the ratios matter. */
  readonly weight: number;
  /** Where it paints; everywhere, when absent. Styles that share a mask, the same object, are blended there. */
  readonly mask?: Mask | undefined;
}

/** The styles with other weights. @throws MisuseError for another number of weights than of styles. */
export function blended(
  styles: readonly WeightedStyle[],
  blend: readonly number[] | undefined,
): readonly WeightedStyle[] {
  checkBlend(styles, blend);
  if (blend === undefined) return styles;
  return styles.map((style, index) => ({ ...style, weight: blend[index] ?? 0 }));
}

/** @throws MisuseError for another number of weights than of styles. */
export function checkBlend(
  { length }: Pick<readonly unknown[], "length">,
  blend: readonly number[] | undefined,
): void {
  if (blend === undefined || blend.length === length) return;
  throw new MisuseError(
    `Expected ${length} weights for blend, one for each style, but received ${blend.length}.`,
  );
}

/** Styles that paint the same part of the picture. */
export interface Region {
  /** Where they paint; everywhere, when absent. */
  readonly mask?: Mask | undefined;
  readonly styles: readonly WeightedStyle[];
}

/** The styles by where they paint, in their order. */
export function regionsOf(styles: readonly WeightedStyle[]): readonly Region[] {
  const masks = [...new Set(styles.map(({ mask }) => mask))];
  return masks.map((mask) => ({ mask, styles: styles.filter((style) => style.mask === mask) }));
}

/** @throws MisuseError for weights that say nothing. */
export function checkStyles(styles: readonly WeightedStyle[]): void {
  if (styles.length === 0) throw new MisuseError("Name at least one style picture.");
  for (const { weight } of styles) {
    if (!(weight >= 0 && Number.isFinite(weight))) {
      throw new MisuseError(
        `Expected a finite number of at least 0 for a style's weight but received ${weight}.`,
      );
    }
  }
  if (styles.every(({ weight }) => weight === 0)) {
    throw new MisuseError("The styles' weights sum to 0: give at least one a weight above 0.");
  }
}

/** The same ratios, in numbers whose sum is one too, however large they were. */
export function relativeToLargest(styles: readonly WeightedStyle[]): readonly WeightedStyle[] {
  const largest = Math.max(...styles.map(({ weight }) => weight));
  return styles.map((style) => ({ ...style, weight: style.weight / largest }));
}
