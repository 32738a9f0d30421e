/**
 * The recipe of a result: everything needed to make it again, and what came of it. No clock, no duration, so that the
 * same work gives the same bytes.
 * @module
 */
import type { LossReport } from "./objective.ts";
import type { Options } from "./options.ts";
import type { Scale } from "./preset.ts";

/** A picture that went in. */
export interface RecipeInput {
  /** The file's name, without its folder. */
  readonly name: string;
  /** SHA-256 of the file, in hexadecimal. */
  readonly checksum: string;
}

/** What a result was made from. */
export interface Recipe {
  readonly software: string;
  readonly options: Options;
  readonly network: { readonly name: string; readonly checksum: string };
  readonly device: string;
  readonly content: RecipeInput;
  readonly styles: readonly (RecipeInput & { readonly weight: number })[];
  readonly initial?: RecipeInput;
  /** The sizes that were worked through, by their longest sides, and the evaluations planned at each. */
  readonly schedule: readonly Scale[];
  readonly size: { readonly width: number; readonly height: number };
  readonly evaluations: number;
  readonly stopped: boolean;
  readonly loss: Pick<LossReport, "total" | "content" | "style" | "smoothness">;
}

/** The recipe as JSON, to be put into the result's metadata. */
export const writeRecipe = (recipe: Recipe): string => JSON.stringify(recipe);
