/**
 * Looking at a picture in blocks, forward only. Averages over the whole picture's positions are added up from each
 * block's share (the first pass of Galerne et al., 2024); feature maps are put together from what each block owns.
 * @module
 */
import { averagePool } from "../graph/operations/average-pool.ts";
import { multiply, scale } from "../graph/operations/multiply.ts";
import { sizeOfAxis } from "../graph/shape.ts";
import { input, type Tensor } from "../graph/tensor.ts";
import type { Layer } from "../network/layers.ts";
import { type Features, featuresAt, type Network, throughHeads } from "../network/network.ts";
import { required } from "../required.ts";
import type { Runtime } from "../runtime/runtime.ts";
import { featureBox, type Partition, shareOf, strideOf } from "./blocks.ts";
import { buildOptions } from "./build-options.ts";
import { cut, ownership, paste } from "./planes.ts";
import type { Settings } from "./settings.ts";

/** What is looked at in blocks, with what. */
export interface View {
  readonly partition: Partition;
  readonly network: Network;
  readonly runtime: Runtime;
  readonly settings: Settings;
}

/** Arrays by their names. */
type Arrays = Readonly<Record<string, Float32Array>>;

/** Averages over the positions of a layer's features, to which features of 0 add nothing, by their names. */
type Describe = (features: Features, layer: Layer) => readonly (readonly [string, Tensor])[];

/**
 * Gathers averages over the whole picture.
 * @param values `[3, height, width]` of the whole picture.
 * @param imageOf the way from values `[1, 3, H, W]` to RGB in [0, 1].
 * @throws the signal's reason, where it is aborted between two blocks.
 */
export async function gatherAverages(
  { partition, network, runtime, settings }: View,
  layers: readonly Layer[],
  values: Float32Array,
  imageOf: (values: Tensor) => Tensor,
  describe: Describe,
  signal?: AbortSignal,
): Promise<Arrays> {
  if (layers.length === 0) return {};
  const { size, region, blocks } = partition;
  const seen = input("values", [1, 3, region.height, region.width]);
  const owned = input("owned", [1, 1, region.height, region.width]);
  const features = network.features(imageOf(seen), buildOptions(settings, network, layers));
  const own = ownFeatures(features, owned);
  const shares = layers.flatMap((layer) =>
    describe(own, layer).map(([name, average]) => [name, scale(shareOf(partition, layer), average)] as const),
  );
  const sums = new Map<string, Float64Array>();
  const program = await runtime.compile(Object.fromEntries(shares));
  try {
    for (const block of blocks) {
      signal?.throwIfAborted();
      const found = await program.run({ values: cut(values, size, block.region), owned: ownership(block) });
      for (const [name, part] of Object.entries(found)) {
        const sum = sums.get(name) ?? new Float64Array(part.length);
        for (let i = 0; i < sum.length; i++) sum[i] += part[i];
        sums.set(name, sum);
      }
    }
  } finally {
    await program.release();
  }
  return Object.fromEntries([...sums].map(([name, sum]) => [name, Float32Array.from(sum)]));
}

/** The features that a block owns, and 0 elsewhere. @param owned the same of its pixels, `[1, 1, H, W]`. */
export const ownFeatures = (features: Features, owned: Tensor): Features =>
  new Map(
    [...features].map(([layer, map]) => {
      let mask = owned;
      for (let stride = strideOf(layer); stride > 1; stride /= 2) mask = averagePool(mask);
      return [layer, { ...map, tensor: multiply(map.tensor, mask) }];
    }),
  );

/**
 * The whole picture's features, `[rows, H, W]` a layer: all that is kept of them at once.
 * @throws the signal's reason, where it is aborted between two blocks.
 */
export async function gatherMaps(
  { partition, network, runtime, settings }: View,
  layers: readonly Layer[],
  rgb: Float32Array,
  nameOf: (layer: Layer) => string,
  signal?: AbortSignal,
): Promise<Arrays> {
  const { size, region, blocks } = partition;
  const image = input("image", [1, 3, region.height, region.width]);
  const features = throughHeads(network.features(image, buildOptions(settings, network, layers)));
  const maps = layers.map((layer) => {
    const [whole, { tensor }] = [
      featureBox({ left: 0, top: 0, ...size }, layer),
      featuresAt(features, layer),
    ];
    const values = new Float32Array(sizeOfAxis(tensor.shape, 1) * whole.width * whole.height);
    return { layer, name: nameOf(layer), whole, tensor, values };
  });
  if (maps.length === 0) return {};
  const program = await runtime.compile(Object.fromEntries(maps.map(({ name, tensor }) => [name, tensor])));
  try {
    for (const block of blocks) {
      signal?.throwIfAborted();
      const found = await program.run({ image: cut(rgb, size, block.region) });
      for (const { layer, name, whole, values } of maps) {
        const part = required(found[name], name);
        paste(part, featureBox(block.region, layer), values, whole, featureBox(block.owned, layer));
      }
    }
  } finally {
    await program.release();
  }
  return Object.fromEntries(maps.map(({ name, values }) => [name, values]));
}
