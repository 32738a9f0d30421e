/**
 * What is said of regions, for all pictures of a batch or for some: where styles paint, what stays the photograph's, and
 * which parts of paintings are looked at. It is kept as it was written, for pairs are not known here.
 * @module
 */

/** Regions as they are written; undefined where nothing was said. */
export interface Regions {
  /** A file, or a template for one. */
  readonly keep: string | undefined;
  /** Files, or templates for them, one for each style of a picture. */
  readonly masks: readonly string[] | undefined;
  /** Parts in percent, one for all styles of a picture or one for each. */
  readonly crops: readonly string[] | undefined;
}

/** What the first says, and where it says nothing, what the second does. */
export const regionsOver = (first: Regions, second: Regions): Regions => ({
  keep: first.keep ?? second.keep,
  masks: first.masks ?? second.masks,
  crops: first.crops ?? second.crops,
});
