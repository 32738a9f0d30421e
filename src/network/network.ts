/**
 * What every network is to those that use it: a way from a picture to features, layer by layer.
 * @module
 */
import { ImpastoError } from "../errors.ts";
import { convolution } from "../graph/operations/convolution.ts";
import { reshape } from "../graph/operations/reshape.ts";
import { sliceAxis } from "../graph/operations/slice.ts";
import type { Tensor } from "../graph/tensor.ts";
import type { Layer } from "./layers.ts";

/** How a network shrinks its picture between blocks. */
export const POOLINGS = ["max", "average", "l2"] as const;

/** One of {@link POOLINGS}. */
export type Pooling = (typeof POOLINGS)[number];

/** What lies beyond a picture's border at the first convolution: zeros, as taught, or the border's own pixels again. */
export const EDGES = ["zero", "replicate"] as const;

/** One of {@link EDGES}. */
export type Edges = (typeof EDGES)[number];

/** The features of one layer. */
export interface FeatureMap {
  /** f, `[1, rows, H, W]` */
  readonly tensor: Tensor;
  /**
   * R, `[rows', rows + 1]`, where a smaller network stands in for VGG-19: R [f; 1] is what has the inner products and
   * distances of VGG-19's features. Moments of features are mapped after they are averaged, which costs next to nothing.
   */
  readonly head?: Tensor;
  /** How many filters of VGG-19 the rows stand for: their own number, or more where a smaller network stands in. */
  readonly channels: number;
}

/** The features of the layers that were asked for. */
export type Features = ReadonlyMap<Layer, FeatureMap>;

/** How a network is built. */
export interface BuildOptions {
  readonly pooling: Pooling;
  /** @default "zero" */
  readonly edges?: Edges;
  readonly layers: readonly Layer[];
  /** Whether each filter is scaled so that its mean activation is 1 (Gatys, Ecker and Bethge, 2016, section 2). */
  readonly normalized: boolean;
}

/** A network that is ready to look at pictures. */
export interface Network {
  readonly name: string;
  /** SHA-256 of its weights, in hexadecimal. */
  readonly checksum: string;
  /** Whether its unscaled features are as large as the original Oxford weights make them: hundreds, not units. */
  readonly largeFeatures: boolean;
  /** Whether it is a smaller network in VGG-19's stead. */
  readonly standsIn: boolean;
  /**
   * Builds the graph from a picture to the features of the given layers, and no further than the deepest of them.
   * @param image `[1, 3, H, W]`, RGB in [0, 1].
   * @throws MisuseError for a layer that the network cannot give.
   * @throws ShapeError for a picture too small to be pooled as often as the deepest layer asks.
   */
  features(image: Tensor, options: BuildOptions): Features;
}

/** The features of one layer. @throws ImpastoError when the layer was not asked for. */
export function featuresAt(features: Features, layer: Layer): FeatureMap {
  const found = features.get(layer);
  if (found === undefined) throw new ImpastoError(`The network was not built as far as ${layer}.`);
  return found;
}

/** R [f; 1] in place of features f with a head, and the others as they are. */
export const throughHeads = (features: Features): Features =>
  new Map(
    [...features].map(([layer, { tensor, head, channels }]) => {
      if (head === undefined) return [layer, { tensor, channels }];
      const [rows, columns] = head.shape;
      const kernel = reshape(sliceAxis(head, 1, 0, columns - 1), [rows, columns - 1, 1, 1]);
      const bias = reshape(sliceAxis(head, 1, columns - 1, columns), [rows]);
      return [layer, { tensor: convolution(tensor, kernel, bias, 0), channels }];
    }),
  );
