/**
 * A matrix product with long sums, in parts that are added at the end. A card gives each 32×32 results one workgroup,
 * however long their sums are: a product of few rows and columns would leave most of it idle.
 * @module
 */
import type { Emit } from "../tensor.ts";

/** The sides of the results that one workgroup makes. */
const TILE = 32;
/** So many workgroups give any card something to do. */
const WORKGROUPS = 128;
/** Shorter parts are not worth adding. */
const SHORTEST = 256;
/** So many times more parts than it takes may be made of a length without better divisors. */
const MOST = 16;

/**
 * In how many parts of one length a product `[rows, length] · [length, columns]` takes its sums: 1 where there are results
 * enough, the sums are short, or the length has no divisor that suits.
 */
export function partsOf(rows: number, length: number, columns: number): number {
  const wanted = Math.ceil(WORKGROUPS / (Math.ceil(rows / TILE) * Math.ceil(columns / TILE)));
  const most = Math.min(length / SHORTEST, MOST * wanted);
  if (wanted === 1) return 1;
  for (let parts = wanted; parts <= most; parts++) if (length % parts === 0) return parts;
  return 1;
}

/** Emits `x` `[rows, length]` as `[parts, rows, length / parts]`. */
export function emitParts(emit: Emit, x: string, rows: number, length: number, parts: number): string {
  const cut = emit.node("Reshape", [x, emit.integers([rows, parts, length / parts])]);
  return emit.node("Transpose", [cut], { perm: { integers: [1, 0, 2] } });
}

/** Emits the sum over all parts of `[parts, rows, columns]`. */
export const emitSumOfParts = (emit: Emit, parts: string): string =>
  emit.node("ReduceSum", [parts, emit.integers([0])], { keepdims: { integer: 0 } });
