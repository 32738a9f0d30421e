/**
 * The units of losses that are to mean the same for any pictures: the mean power of a channel of features, ⟨f²⟩. Measured
 * against one picture's own power, the balance of content and style would follow whichever picture has more; so both are
 * measured against the mean of the two pictures' powers. It is the harmonic mean where a picture's own power is the
 * smaller: a flat poster's style, or a dark photograph's content, then goes on counting however little power it has.
 * @module
 */
import type { Tensor } from "../graph/tensor.ts";
import { type Moments, meanPower } from "../loss/moments.ts";
import type { Layer } from "../network/layers.ts";
import type { FeatureMap } from "../network/network.ts";
import { throughHead } from "./averages.ts";

/** The two pictures whose features have a power. */
export type PowerOf = "photograph" | "painting";

/** The power of a picture at a layer, above 0; of the paintings of one region, or of all of them on the whole. */
export type PowerAt = (whose: PowerOf, layer: Layer, region?: number) => number;

/** The name that a picture's power at a layer has among targets. */
export const powerName = (whose: PowerOf, layer: Layer, region = 0): string =>
  region === 0 ? `power.${whose}.${layer}` : `power.${whose}.${layer}.${region}`;

/** The mean power of a channel, above 0, given the moments of a layer's features before its head. */
export function powerOf(moments: Moments, map: FeatureMap): Tensor {
  const { second } = throughHead(moments, map);
  return meanPower(second, map.channels);
}

/**
 * The power that a loss is measured against.
 * @param own the power of the picture that the loss is a distance from, above 0.
 * @param other the power of the other, above 0.
 */
export const unitOfPower = (own: number, other: number): number =>
  own < other ? (2 * own * other) / (own + other) : (own + other) / 2;
