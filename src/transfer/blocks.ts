/**
 * A picture divided into blocks that are looked at one by one (Galerne et al., 2024). What is divided are the network's
 * features: each belongs to one block. A block looks at a larger region, so that all of its features see all that they
 * would see in the whole picture. Plain arithmetic; all regions have one shape, so that one program serves them all.
 * @module
 */
import { ImpastoError } from "../errors.ts";
import type { Size } from "../image/size.ts";
import { blockOf, LAYERS, type Layer } from "../network/layers.ts";

/** A rectangle of pixels or of features. */
export interface Box extends Size {
  readonly left: number;
  readonly top: number;
}

/** A part of a picture, in pixels. */
export interface Block {
  /** What is looked at. Its origin is on the coarsest grid of features; padding happens at the picture's border alone. */
  readonly region: Box;
  /** What the block answers for. It begins on the coarsest grid, and ends there or at the picture's border. */
  readonly owned: Box;
}

/** A picture's blocks: what they own covers it once. */
export interface Partition {
  readonly size: Size;
  /** The size of every region. */
  readonly region: Size;
  readonly blocks: readonly Block[];
}

/** The coarsest grid of features, in pixels: four poolings come before conv5. */
const GRID = 16;
/** The least that a region shows around what is owned, in steps of the grid: 80 pixels. */
const LEAST_MARGIN = 5;

/** How many pixels apart the features of a layer are. */
export const strideOf = (layer: Layer): number => 2 ** (blockOf(layer) - 1);

/**
 * How far beyond its own square of `strideOf(layer)` pixels a feature sees: one feature of the layer below for each
 * convolution on the way. 70 pixels for conv5_1.
 */
export const reachOf = (layer: Layer): number =>
  LAYERS.slice(0, LAYERS.indexOf(layer) + 1).reduce((sum, below) => sum + strideOf(below), 0);

/** How many pixels a region must be allowed to have for every picture to be divisible. */
export const leastRegion = (layers: readonly Layer[]): number => (GRID * (2 * marginOf(layers) + 2) - 1) ** 2;

/**
 * Divides a picture into the blocks that cost least, overlaps included.
 * @param layers the layers whose features are asked for.
 * @param mostPixels how many pixels a region may have, {@link leastRegion} at least.
 * @throws ImpastoError where regions of that size would be all margin.
 * @example
 * partition({ width: 2048, height: 1536 }, ["conv5_1"], 400_000).region; // { width: 576, height: 608 }
 */
export function partition(size: Size, layers: readonly Layer[], mostPixels: number): Partition {
  const margin = marginOf(layers);
  let best: { readonly across: number; readonly down: number; readonly pixels: number } | undefined;
  for (let across = 1; across <= mostParts(size.width, margin); across++) {
    const width = regionLength(size.width, margin, across);
    const down = partsWithin(size.height, margin, Math.floor(mostPixels / width));
    if (down === undefined) continue;
    const pixels = across * width * down * regionLength(size.height, margin, down);
    if (best === undefined || pixels < best.pixels) best = { across, down, pixels };
  }
  if (best === undefined) {
    throw new ImpastoError(
      `Expected at least ${leastRegion(layers)} pixels to be looked at at once but received ${mostPixels}.`,
    );
  }
  const columns = divide(size.width, margin, best.across);
  const rows = divide(size.height, margin, best.down);
  return {
    size,
    region: {
      width: regionLength(size.width, margin, best.across),
      height: regionLength(size.height, margin, best.down),
    },
    blocks: rows.flatMap((row) =>
      columns.map((column) => ({
        region: boxOf(column.region, row.region),
        owned: boxOf(column.owned, row.owned),
      })),
    ),
  };
}

/** The margin in steps of the grid. */
const marginOf = (layers: readonly Layer[]): number =>
  Math.max(LEAST_MARGIN, ...layers.map((layer) => Math.ceil(reachOf(layer) / GRID)));

const boxOf = (x: Stretch, y: Stretch): Box => ({
  left: x.start,
  top: y.start,
  width: x.end - x.start,
  height: y.end - y.start,
});

/** The part of the whole picture's features of a layer that one region has. */
export const shareOf = ({ size, region }: Partition, layer: Layer): number =>
  positions(region, layer) / positions(size, layer);

const positions = ({ width, height }: Size, layer: Layer): number =>
  Math.floor(width / strideOf(layer)) * Math.floor(height / strideOf(layer));

/** The features of a layer that are computed from, or owned with, a box of pixels; those cut by its end are not. */
export function featureBox({ left, top, width, height }: Box, layer: Layer): Box {
  const stride = strideOf(layer);
  return {
    left: left / stride,
    top: top / stride,
    width: Math.floor(width / stride),
    height: Math.floor(height / stride),
  };
}

/** Pixels from `start` up to `end` along one axis. */
interface Stretch {
  readonly start: number;
  readonly end: number;
}

const cellsOf = (length: number): number => Math.floor(length / GRID);

/** Into how many parts a side can be divided, each with something of its own between its margins. */
const mostParts = (length: number, margin: number): number => Math.max(1, cellsOf(length) - 2 * margin);

/** The fewest parts whose regions are no longer than `longest`. */
function partsWithin(length: number, margin: number, longest: number): number | undefined {
  if (length <= longest) return 1;
  const own = Math.floor((longest - (length % GRID)) / GRID) - 2 * margin;
  return own < 1 ? undefined : Math.ceil((cellsOf(length) - 2 * margin) / own);
}

/** The outermost parts have their margin on one side only, and so own more: each sees as much as any other. */
function regionLength(length: number, margin: number, parts: number): number {
  if (parts === 1) return length;
  const own = Math.ceil((cellsOf(length) - 2 * margin) / parts);
  return GRID * (own + 2 * margin) + (length % GRID);
}

function divide(
  length: number,
  margin: number,
  parts: number,
): readonly { readonly region: Stretch; readonly owned: Stretch }[] {
  const cells = cellsOf(length);
  const between = cells - 2 * margin;
  const border = (part: number): number => {
    if (part === 0) return 0;
    return part === parts ? length : GRID * (margin + Math.round((part * between) / parts));
  };
  const seen = regionLength(length, margin, parts);
  return Array.from({ length: parts }, (_, part) => {
    const owned = { start: border(part), end: border(part + 1) };
    const start = Math.min(Math.max(owned.start - GRID * margin, 0), length - seen);
    return { owned, region: { start, end: start + seen } };
  });
}
