/**
 * Boxes of planar arrays `[…, height, width]`, of however many planes: cut out, put back, added up.
 * @module
 */
import type { Size } from "../image/size.ts";
import type { Block, Box } from "./blocks.ts";

/** A copy of what is in the box, `[…, box.height, box.width]`. */
export function cut(values: Float32Array, size: Size, box: Box): Float32Array {
  const result = new Float32Array(planesOf(values, size) * box.width * box.height);
  eachRow(values, size, box, (row, at) => result.set(row, at));
  return result;
}

/** Puts the part of a box that another box covers into a whole: `part` is `[…, from.height, from.width]`. */
export function paste(part: Float32Array, from: Box, whole: Float32Array, size: Size, box: Box): void {
  const inPart = { ...box, left: box.left - from.left, top: box.top - from.top };
  const kept = cut(part, from, inPart);
  eachRow(whole, size, box, (row, at) => row.set(kept.subarray(at, at + row.length)));
}

/** Adds `part`, `[…, box.height, box.width]`, to the whole at the box. */
export function addTo(whole: Float32Array, size: Size, part: Float32Array, box: Box): void {
  eachRow(whole, size, box, (row, at) => {
    for (let i = 0; i < row.length; i++) row[i] += part[at + i];
  });
}

/** All values of some arrays, one after the other. */
export function joined(arrays: readonly Float32Array[]): Float32Array {
  const result = new Float32Array(arrays.reduce((length, array) => length + array.length, 0));
  let at = 0;
  for (const array of arrays) {
    result.set(array, at);
    at += array.length;
  }
  return result;
}

/** 1 where the block's region is its own, 0 elsewhere: `[region.height, region.width]`. */
export function ownership({ region, owned }: Block): Float32Array {
  const mask = new Float32Array(region.width * region.height);
  const inside = { ...owned, left: owned.left - region.left, top: owned.top - region.top };
  eachRow(mask, region, inside, (row) => row.fill(1));
  return mask;
}

const planesOf = (values: Float32Array, { width, height }: Size): number => values.length / (width * height);

/** Visits the box's rows, plane by plane, each with where it begins in an array of the box alone. */
function eachRow(
  values: Float32Array,
  size: Size,
  box: Box,
  visit: (row: Float32Array, at: number) => void,
): void {
  const planes = planesOf(values, size);
  let at = 0;
  for (let plane = 0; plane < planes; plane++) {
    for (let y = box.top; y < box.top + box.height; y++, at += box.width) {
      const from = (plane * size.height + y) * size.width + box.left;
      visit(values.subarray(from, from + box.width), at);
    }
  }
}
