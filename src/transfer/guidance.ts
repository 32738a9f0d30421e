/**
 * Where styles paint and where the photograph stays, at one size (Gatys, Ecker, Bethge, Hertzmann and Shechtman, 2017,
 * section 4). A style's mask is carried down to each layer by averaging, and weighs the layer's statistics there:
 * S = Σ w f fᵀ / Σ w, so that soft borders belong to both sides in part. Where the photograph is kept, pixels are its own,
 * the gradient stops, and no style is asked for.
 * @module
 */
import { MisuseError } from "../errors.ts";
import { add } from "../graph/operations/add.ts";
import { multiply } from "../graph/operations/multiply.ts";
import { slice } from "../graph/operations/slice.ts";
import { input, type Tensor } from "../graph/tensor.ts";
import { type Mask, resizeMask } from "../image/mask.ts";
import type { Picture } from "../image/picture.ts";
import type { Size } from "../image/size.ts";
import type { Layer } from "../network/layers.ts";
import { required } from "../required.ts";
import { type Block, type Box, strideOf } from "./blocks.ts";
import type { Arrays } from "./named.ts";
import { cut, joined } from "./planes.ts";
import type { Region } from "./styles.ts";

/** The masks at one size. */
export interface Guidance {
  /** The size that the masks are at. */
  readonly size: Size;
  /** For each region w at each layer's stride, by the stride; nothing where it is the whole picture. */
  readonly planes: readonly (ReadonlyMap<number, Float32Array> | undefined)[];
  /** For each region, by the stride, the smallest box of features outside which w is 0, where that is less than all. */
  readonly boxes: readonly (ReadonlyMap<number, Box> | undefined)[];
  /** For each region 1 / ⟨w⟩ at each layer's stride. */
  readonly units: readonly (ReadonlyMap<number, number> | undefined)[];
  /** Each region's part of the picture. */
  readonly parts: readonly number[];
  /** How much each region counts: its part, times its styles' weight beside that of the others. */
  readonly shares: readonly number[];
  /** What is kept: k times the photograph, `[3, H, W]`, and 1 − k, `[H, W]`. */
  readonly keep?: { readonly photograph: Float32Array; readonly free: Float32Array };
}

/** That features are a picture's, which masks weigh; with the boxes of its masks where it is looked at whole. */
export type Guided = Pick<Guidance, "planes"> & Partial<Pick<Guidance, "boxes">>;

/**
 * The guidance at one size.
 * @param photograph opaque, of that size.
 * @param layers the layers at which statistics are asked for.
 * @throws MisuseError where a style has no place to paint.
 */
export function guidanceAt(
  photograph: Picture,
  regions: readonly Region[],
  kept: Mask | undefined,
  layers: readonly Layer[],
): Guidance {
  const { width, height } = photograph;
  const size = { width, height };
  const strides = [...new Set(layers.map(strideOf))];
  const { keep, masks, parts } = masksAt(size, regions, kept);
  const planes = masks.map(
    (mask) => mask && new Map(strides.map((stride) => [stride, averaged(mask, size, stride)])),
  );
  return {
    size,
    planes,
    boxes: planes.map(
      (byStride) =>
        byStride &&
        new Map(
          [...byStride].flatMap(([stride, plane]) => {
            const all = scaledBox({ left: 0, top: 0, ...size }, stride);
            const box = supportOf(plane, all);
            return stride >= LEAST_STRIDE_TO_CUT &&
              box.width * box.height < WORTH_CUTTING * all.width * all.height
              ? [[stride, box]]
              : [];
          }),
        ),
    ),
    units: planes.map(
      (byStride) => byStride && mapped(byStride, (plane) => 1 / Math.max(LEAST_SHARE, meanOf(plane))),
    ),
    parts,
    shares: regionShares(parts, regions),
    ...(keep === undefined
      ? {}
      : {
          keep: {
            photograph: photograph.rgb.map((value, i) => value * keep[i % keep.length]),
            free: keep.map((value) => 1 - value),
          },
        }),
  };
}

/**
 * The masks at one size: of what is kept, and of each region, less what is kept.
 * @throws MisuseError where a style has no place to paint.
 */
export function masksAt(size: Size, regions: readonly Region[], kept: Mask | undefined) {
  const keep = kept && resizeMask(kept, size);
  const masks = regions.map(({ mask }) => {
    const own = mask && resizeMask(mask, size);
    if (keep === undefined) return own;
    return keep.map((value, i) => (1 - value) * (own?.[i] ?? 1));
  });
  const parts = masks.map(meanOf);
  const empty = parts.findIndex((part) => part < LEAST_PART);
  if (empty >= 0) {
    const why = [
      ...(regions[empty]?.mask ? ["its mask"] : []),
      ...(keep === undefined ? [] : ["what is kept of the photograph"]),
    ];
    throw new MisuseError(
      `Nothing is left to paint for style ${empty + 1}: ${why.join(" and ")} ${why.length > 1 ? "leave" : "leaves"} no place at ${size.width}×${size.height}.`,
    );
  }
  return { keep, masks, parts };
}

/** How much each region counts, given its part of the picture. */
export function regionShares(parts: readonly number[], regions: readonly Region[]): readonly number[] {
  const weights = regions.map(({ styles }) => styles.reduce((sum, { weight }) => sum + weight, 0));
  return parts.map((part, i) => (part * weights[i]) / Math.max(...weights));
}

/** Nothing guides: one style, or a blend, paints everything. */
export const unguided = ({ width, height }: Size): Guidance => ({
  size: { width, height },
  planes: [undefined],
  boxes: [undefined],
  units: [undefined],
  parts: [1],
  shares: [1],
});

/** The name of the graph's input for w at a stride: that of one region, or of all that have a mask. */
const maskName = (stride: number, region?: number): string =>
  region === undefined ? `mask.${stride}` : `mask.${stride}.${region}`;
/** The name of the graph's input for 1 / ⟨w⟩. */
const unitName = (region: number, stride: number): string => `mask.${region}.${stride}.unit`;

/** Whether regions are looked at one by one at a stride, each within its own box. */
const areApart = (boxes: Guided["boxes"], stride: number): boolean =>
  boxes?.some((byStride) => byStride?.has(stride)) ?? false;

const regionsWithMasks = ({ planes }: Pick<Guidance, "planes">): readonly number[] =>
  [...planes.keys()].filter((region) => planes[region] !== undefined);

/**
 * What is to be looked at of a layer's features `[1, rows, H, W]`: all of them under the masks of all regions, or each
 * region's box of them under its own. Masks are inputs of the graph, `[regions, positions]`.
 */
export function underMasks(guided: Guided, layer: Layer, features: Tensor) {
  const stride = strideOf(layer);
  const regions = regionsWithMasks(guided);
  if (!areApart(guided.boxes, stride)) {
    const masks = input(maskName(stride), [regions.length, positionsOf(features)]);
    return [{ within: features, masks, regions }];
  }
  return regions.map((region) => {
    const within = cutOut(features, guided.boxes?.[region]?.get(stride));
    return { within, masks: input(maskName(stride, region), [1, positionsOf(within)]), regions: [region] };
  });
}

const positionsOf = ({ shape: [, , height, width] }: Tensor): number => height * width;

function cutOut(features: Tensor, box: Box | undefined): Tensor {
  if (box === undefined) return features;
  const [batch, rows] = features.shape;
  const { left, top, width, height } = box;
  return slice(features, [0, 0, top, left], [batch, rows, top + height, left + width]);
}

/** 1 / ⟨w⟩ of a region at a layer, as an input of the graph. */
export const unitInput = (region: number, layer: Layer): Tensor =>
  input(unitName(region, strideOf(layer)), []);

/** The image as it is looked at: the photograph where it is kept. @param image `[1, 3, H, W]` */
export function withKept(image: Tensor, { keep }: Pick<Guidance, "keep">): Tensor {
  if (keep === undefined) return image;
  const [, , height, width] = image.shape;
  return add(multiply(image, input(FREE, [1, 1, height, width])), input(KEPT, image.shape));
}

/** The picture as it is shown: the photograph where it is kept. */
export function keeping(picture: Picture, { keep }: Pick<Guidance, "keep">): Picture {
  if (keep === undefined) return picture;
  const { photograph, free } = keep;
  return {
    ...picture,
    rgb: picture.rgb.map((value, i) => photograph[i] + value * free[i % free.length]),
  };
}

const FREE = "keep.free";
const KEPT = "keep.photograph";

/** What a graph takes of the guidance: for all of the picture, or for one of its blocks. */
export function guidanceArrays(guidance: Guidance, block?: Block): Arrays {
  const { size, planes, boxes, units, keep } = guidance;
  const at = (plane: Float32Array, stride: number, whole?: Box): Float32Array => {
    const box = block ? scaledBox(block.region, stride) : whole;
    return box ? cut(plane, scaledBox({ left: 0, top: 0, ...size }, stride), box) : plane;
  };
  const regions = regionsWithMasks(guidance);
  const masks = [...(planes[regions[0]]?.keys() ?? [])].flatMap((stride) => {
    const own = regions.map((region) => {
      const plane = required(planes[region]?.get(stride), `mask of region ${region + 1}`);
      return at(plane, stride, boxes[region]?.get(stride));
    });
    return !block && areApart(boxes, stride)
      ? own.map((mask, i) => [maskName(stride, regions[i]), mask] as const)
      : [[maskName(stride), joined(own)] as const];
  });
  const means = units.flatMap((byStride, region) =>
    [...(byStride ?? [])].map(([stride, unit]) => [unitName(region, stride), Float32Array.of(unit)] as const),
  );
  const kept = keep ? [[FREE, at(keep.free, 1)] as const, [KEPT, at(keep.photograph, 1)] as const] : [];
  return Object.fromEntries([...masks, ...means, ...kept]);
}

/** Less than a pixel in ten million is no region. */
const LEAST_PART = 1e-7;

/** A region that is seen nowhere at a layer has nothing to say there. */
const LEAST_SHARE = 1e-6;

const scaledBox = ({ left, top, width, height }: Box, stride: number): Box => ({
  left: left / stride,
  top: top / stride,
  width: Math.floor(width / stride),
  height: Math.floor(height / stride),
});

/** Nearer the picture, features are few and large: to cut them takes as long as what is not computed then. */
const LEAST_STRIDE_TO_CUT = 4;

/** A box of more than this part of all is not worth the copy that cutting takes. */
const WORTH_CUTTING = 0.9;

/** The smallest box that has all that is not 0; where nothing is, one place. */
function supportOf(plane: Float32Array, { width, height }: Size): Box {
  let [left, top, right, bottom] = [width, height, 0, 0];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (plane[y * width + x] === 0) continue;
      [left, top] = [Math.min(left, x), Math.min(top, y)];
      [right, bottom] = [Math.max(right, x + 1), y + 1];
    }
  }
  if (right === 0) return { left: 0, top: 0, width: 1, height: 1 };
  return { left, top, width: right - left, height: bottom - top };
}

/** The mean over squares of so many pixels a side; what is left at the end belongs to none. */
function averaged(mask: Float32Array, { width, height }: Size, stride: number): Float32Array {
  const [columns, rows] = [Math.floor(width / stride), Math.floor(height / stride)];
  const result = new Float32Array(columns * rows);
  for (let y = 0; y < rows * stride; y++) {
    for (let x = 0; x < columns * stride; x++) {
      result[Math.floor(y / stride) * columns + Math.floor(x / stride)] += mask[y * width + x] / stride ** 2;
    }
  }
  return result;
}

const meanOf = (mask: Float32Array | undefined): number =>
  mask ? mask.reduce((sum, value) => sum + value, 0) / mask.length : 1;

const mapped = <From, To>(byStride: ReadonlyMap<number, From>, change: (one: From) => To) =>
  new Map([...byStride].map(([stride, one]) => [stride, change(one)]));
