/**
 * What a preset is: a complete table of choices. An explicit option wins over the preset.
 * @module
 */

import type { Size } from "../image/size.ts";
import type { Edges, Pooling } from "../network/network.ts";
import type { OptimizerSettings } from "../optimizer/create.ts";
import type { TermChoices } from "./terms/table.ts";

/** How the optimiser's variables relate to pixels: rgb = variable · scale + offset, channel by channel. */
export interface Variables {
  readonly scale: readonly [number, number, number];
  readonly offset: readonly [number, number, number];
}

/** Variables that are the pixels themselves, in [0, 1]. */
export const UNIT_VARIABLES: Variables = { scale: [1, 1, 1], offset: [0, 0, 0] };

/** A size to work at: its longest side in pixels, and the evaluations to make there. */
export interface Scale {
  readonly longest: number;
  readonly iterations: number;
}

/** A complete way of working; what it says of each kind of loss is told with the kind, in `terms/`. */
export interface Preset extends TermChoices {
  /** What it follows, for the documentation. */
  readonly source: string;
  /** Whether features are scaled to a mean activation of 1: always, never, or where they are as large as Oxford's. */
  readonly normalized: boolean | "large";
  /** How the network shrinks its picture. */
  readonly pooling: Pooling;
  /** What lies beyond the picture's border. */
  readonly edges: Edges;
  /** Whether even and odd rows and columns keep the difference of their means; see level.ts. */
  readonly levelled: boolean;
  /** The size of the result, given the photograph's and what was asked for. */
  contentSize(content: Size, longest: number | undefined): Size;
  /** The size a style is seen at, when the result has the given one. */
  styleSize(style: Size, result: Size): Size;
  /** The sizes to work through, the last being that of the result. */
  schedule(longest: number): readonly Scale[];
  /** The picture to start from: the photograph, or noise. */
  readonly init: "content" | "noise";
  /** The noise to start from: white over [0, 1], or normal around the mean colour of photographs. */
  readonly noise: "white" | "mean-colour";
  /** What the optimiser moves; its steps are in their units. */
  readonly variables: Variables;
  /** Each optimiser's settings, and the one that is used where none is asked for. */
  readonly lbfgs: OptimizerSettings & { readonly kind: "lbfgs" };
  readonly adam: OptimizerSettings & { readonly kind: "adam" };
  readonly optimizer: "lbfgs" | "adam";
}
