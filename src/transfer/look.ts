/**
 * Looking at pictures: a network, built the way the settings want it, and what runs it.
 * @module
 */
import type { Tensor } from "../graph/tensor.ts";
import type { Layer } from "../network/layers.ts";
import type { Features, Network } from "../network/network.ts";
import type { Runtime } from "../runtime/runtime.ts";
import type { Settings } from "./settings.ts";
import type { Term } from "./term.ts";

/** What looks at pictures, and how. */
export interface Look {
  readonly network: Network;
  readonly runtime: Runtime;
  readonly settings: Pick<Settings, "normalized" | "pooling" | "edges" | "variables">;
}

/** The features of an image, RGB in [0, 1], at the given layers. */
export const featuresOf = (
  image: Tensor,
  layers: readonly Layer[],
  { network, settings: { normalized, pooling, edges } }: Pick<Look, "network" | "settings">,
): Features =>
  network.features(image, {
    pooling,
    edges,
    layers,
    normalized: normalized === "large" ? network.largeFeatures : normalized,
  });

/** Where any of the terms asks for features. */
export const layersOf = (terms: readonly Term[]): readonly Layer[] => [
  ...new Set(terms.flatMap(({ layers }) => layers)),
];
