/**
 * What a term of the total loss is, Σ weight · loss: content at a layer, style at a layer, smoothness. A term says what it
 * looks at, what it is measured against and what it counts; who computes its targets, or looks at a picture in blocks, asks
 * every term the same questions and knows none by name. A kind of loss is one file in `terms/` and its lines in
 * `terms/table.ts`.
 * @module
 */
import * as z from "zod";
import type { Shape } from "../graph/shape.ts";
import type { Tensor } from "../graph/tensor.ts";
import { LAYERS, type Layer } from "../network/layers.ts";
import type { FeatureMap, Features } from "../network/network.ts";
import type { Guided } from "./guidance.ts";
import type { Named } from "./named.ts";
import type { PowerAt } from "./power.ts";

/** What every term has. */
interface TermBase {
  /** Its kind and, where it has one, its layer: `style.conv3_1`. */
  readonly name: string;
  /** Whether it counts anything at present: its weight may be raised while a run goes on. */
  readonly counts: boolean;
  /** Where the network's features are asked for. */
  readonly layers: readonly Layer[];
  /** Where both pictures' power has to be known for the weight. */
  readonly powers: readonly Layer[];
  /** What the loss is multiplied with in the total: its option, its layer's weight and the preset's unit. */
  weight(whole: Whole, power: PowerAt): number;
}

/** A loss that is a sum over positions: each part of a picture has its share of it. */
export interface PositionsTerm extends TermBase {
  readonly over: "positions";
  /** The layer at which the photograph's features are the target; nothing where it needs none. */
  readonly target?: Layer;
  /** The part's share of the loss, a single number. @param target of the part's shape. */
  loss(part: Part, target: Tensor | undefined): Tensor;
}

/** Averages over the positions of one layer. */
export interface AveragesAt {
  readonly layer: Layer;
  /**
   * Those over the positions that features are given for, to which features of 0 add nothing.
   * @param guided where the features are those of the picture, which masks weigh, and not of a painting.
   */
  averages(features: Features, guided?: Guided): Named<Tensor>;
}

/** A loss that depends on a picture by averages over all of it alone. */
export interface AveragesTerm extends TermBase, AveragesAt {
  readonly over: "averages";
  /** What the loss needs of the paintings, from their averages. @param network any features: their heads and channels. */
  target(averages: Named<Tensor>, network: Features): Named<Tensor>;
  /** Whose paintings its target is of; see guidance.ts. */
  readonly region: number;
  /** Whether a mask weighs the features, which takes copies of them. */
  readonly masked: boolean;
  /** The distance of averages from a target, a single number. */
  loss(averages: Named<Tensor>, target: Named<Tensor>, network: Features): Tensor;
}

/** One loss of the total. */
export type Term = PositionsTerm | AveragesTerm;

/** The whole picture as the preset's units see it: shapes alone. */
export interface Whole {
  /** `[1, 3, H, W]` */
  readonly shape: Shape;
  /** In full, through their heads. */
  readonly features: Features;
  /** How much each region counts, 1 where there is but one. */
  readonly shares: readonly number[];
}

/** A part of a picture, or all of it. */
export interface Part {
  /** RGB in [0, 1], `[1, 3, H, W]`. */
  readonly image: Tensor;
  /** In full, through their heads, and 0 where another part answers. */
  readonly features: Features;
  readonly whole: Whole;
  /** `[1, 1, H, W]`: 1 where the part answers for a pixel, 0 where another does; all of it, when absent. */
  readonly owned?: Tensor;
}

/** A kind of loss: the options that set it, what a preset says of it, and the terms that come of both. */
export interface TermKind<Weights extends z.ZodRawShape, Options extends Weights, Choices> {
  /** What its terms' names begin with. */
  readonly name: string;
  /** Those of its options that only change what terms count, and so may change while a run goes on. */
  readonly weights: Weights;
  /** All of its options by their names; what is left out is the preset's to decide. */
  readonly options: Options;
  /** What the options make of a preset's choices. */
  choose(options: Readonly<z.output<z.ZodObject<Options>>>, preset: Choices): Partial<Choices>;
  /**
   * Its terms, also those that count nothing at present.
   * @param masked for each region whether a mask says where it is.
   */
  terms(choices: Choices, masked: readonly boolean[]): readonly Term[];
  /** The options with which `measure` takes it in. */
  readonly measured: Readonly<z.input<z.ZodObject<Options>>>;
}

/** Layers and how much each weighs. */
export type LayerWeights = Readonly<Partial<Record<Layer, number>>>;

/** The layers that are named, in the network's order. */
export const namedLayers = (weights: LayerWeights): readonly Layer[] =>
  LAYERS.filter((layer) => weights[layer] !== undefined);

/** An option that says how much a kind of loss counts. */
export const weightOption = (description: string) =>
  z.number().min(0).finite().optional().describe(description);

/** An option that names layers and what each counts. */
export const layersOption = (description: string) =>
  z
    .partialRecord(z.enum(LAYERS), z.number().min(0).finite())
    .refine(
      (layers) => Object.values(layers).some((value) => value > 0),
      "at least one layer with a weight above 0",
    )
    .optional()
    .describe(description);

/** C, H and W, with VGG-19's C where a smaller network stands in for it. */
export const shapeOf = ({ tensor, channels }: FeatureMap): Shape => [channels, ...tensor.shape.slice(2)];
