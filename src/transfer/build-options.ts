/**
 * From settings to the way a network is built.
 * @module
 */
import type { Layer } from "../network/layers.ts";
import type { BuildOptions, Network } from "../network/network.ts";
import type { Settings } from "./settings.ts";

/** How these settings want this network built. */
export const buildOptions = (
  { normalized, pooling, edges }: Settings,
  network: Network,
  layers: readonly Layer[],
): BuildOptions => ({
  pooling,
  edges,
  layers,
  normalized: normalized === "large" ? network.largeFeatures : normalized,
});
