/**
 * The shells that completion is written for.
 * @module
 */

/** Their names, as they are typed. */
export const SHELLS = ["bash", "zsh", "fish"] as const;

/** One of {@link SHELLS}. */
export type Shell = (typeof SHELLS)[number];
