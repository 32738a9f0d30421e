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
import { type Features, featuresAt, throughHeads } from "../network/network.ts";
import { required } from "../required.ts";
import { featureBox, type Partition, shareOf, strideOf } from "./blocks.ts";
import { type Guidance, guidanceArrays } from "./guidance.ts";
import { featuresOf, type Look } from "./look.ts";
import type { Arrays, Named } from "./named.ts";
import { cut, ownership, paste } from "./planes.ts";
import type { AveragesAt } from "./term.ts";

/** What is looked at in blocks, and where its features are asked for. */
export interface View extends Look {
  readonly partition: Partition;
  readonly layers: readonly Layer[];
  /** What guides the picture; nothing guides how a photograph or a painting is looked at. */
  readonly guidance?: Guidance;
}

/**
 * Gathers averages over the whole picture.
 * @param values `[3, height, width]` of the whole picture.
 * @param imageOf the way from values `[1, 3, H, W]` to RGB in [0, 1].
 * @throws the signal's reason, where it is aborted between two blocks.
 */
export async function gatherAverages(
  view: View,
  averages: readonly AveragesAt[],
  values: Float32Array,
  imageOf: (values: Tensor) => Tensor,
  signal?: AbortSignal,
): Promise<Arrays> {
  if (averages.length === 0) return {};
  const { partition, runtime, layers } = view;
  const { size, region, blocks } = partition;
  const seen = input("values", [1, 3, region.height, region.width]);
  const owned = input("owned", [1, 1, region.height, region.width]);
  const own = ownFeatures(featuresOf(imageOf(seen), layers, view), owned);
  const sums = new Map<string, Float64Array>();
  const program = await runtime.compile(sharesOf(averages, own, view));
  try {
    for (const block of blocks) {
      signal?.throwIfAborted();
      const found = await program.run({
        values: cut(values, size, block.region),
        owned: ownership(block),
        ...(view.guidance ? guidanceArrays(view.guidance, block) : {}),
      });
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

/** What a block adds to averages over the whole picture. @param own the features that it owns. */
export const sharesOf = (
  averages: readonly AveragesAt[],
  own: Features,
  { partition, guidance }: Pick<View, "partition" | "guidance">,
): Named<Tensor> =>
  Object.fromEntries(
    averages.flatMap(({ layer, averages }) =>
      Object.entries(averages(own, guidance && { planes: guidance.planes })).map(([name, average]) => [
        name,
        scale(shareOf(partition, layer), average),
      ]),
    ),
  );

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
  view: View,
  named: readonly { readonly name: string; readonly layer: Layer }[],
  rgb: Float32Array,
  signal?: AbortSignal,
): Promise<Arrays> {
  const { partition, runtime, layers } = view;
  const { size, region, blocks } = partition;
  const image = input("image", [1, 3, region.height, region.width]);
  const features = throughHeads(featuresOf(image, layers, view));
  const maps = named.map(({ name, layer }) => {
    const whole = featureBox({ left: 0, top: 0, ...size }, layer);
    const { tensor } = featuresAt(features, layer);
    const values = new Float32Array(sizeOfAxis(tensor.shape, 1) * whole.width * whole.height);
    return { layer, name, whole, tensor, values };
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
