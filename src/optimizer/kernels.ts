/**
 * The loops in which L-BFGS spends its time. The pairs stand in *banks* of eight vectors, interleaved: number i of
 * vector k of a bank is at 8i + k. One array means one base and one bound to hold in a register, and that is what
 * limits V8 here: at 590,000 variables eight interleaved vectors take 0.8 of the time of arrays of their own, and
 * 0.4 of the plain recursion. A shorter memory than four pairs stands in one narrower bank, and takes the plain loops:
 * it is chosen to save memory, not time. All sums are double.
 * @module
 */

/** How many vectors a bank holds, unless the whole memory has fewer. */
export const BANK_VECTORS = 8;
/** How many pairs that is: s and y of each stand next to each other. */
export const BANK_PAIRS = BANK_VECTORS / 2;
/** How many variables are worked on at a time: what is read once a bank stays in the first caches. */
export const CHUNK = 4096;

/** How many pairs each bank of a memory of so many pairs holds. */
export const pairsPerBank = (capacity: number): number => Math.min(BANK_PAIRS, capacity);

/** How many vectors such a memory takes, its banks full. */
export const storedVectors = (capacity: number): number =>
  2 * pairsPerBank(capacity) * Math.ceil(capacity / pairsPerBank(capacity));

/** Vectors that stand interleaved. */
export interface Bank {
  readonly values: Float32Array;
  /** How many vectors: number i of vector k is at `width * i + k`. */
  readonly width: number;
}

/** A copy of one of a bank's vectors. */
export const vectorOf = ({ values, width }: Bank, k: number): Float32Array =>
  Float32Array.from({ length: values.length / width }, (_, i) => values[width * i + k]);

/** Writes one of a bank's vectors. */
export function writeVector({ values: bank, width }: Bank, k: number, vector: Float32Array): void {
  for (let i = 0; i < vector.length; i++) bank[width * i + k] = vector[i];
}

/** Adds to `out[at …]` the products of a bank's vectors with `g`, over the variables `from` up to `to`. */
export function bankProducts(
  { values: bank, width }: Bank,
  g: Float32Array,
  from: number,
  to: number,
  out: Float64Array,
  at: number,
): void {
  if (width !== BANK_VECTORS) {
    for (let k = 0; k < width; k++) {
      let product = 0;
      for (let i = from, b = width * from + k; i < to; i++, b += width) product += bank[b] * g[i];
      out[at + k] += product;
    }
    return;
  }
  let p0 = 0;
  let p1 = 0;
  let p2 = 0;
  let p3 = 0;
  let p4 = 0;
  let p5 = 0;
  let p6 = 0;
  let p7 = 0;
  for (let i = from, b = BANK_VECTORS * from; i < to; i++, b += BANK_VECTORS) {
    const x = g[i];
    p0 += bank[b] * x;
    p1 += bank[b + 1] * x;
    p2 += bank[b + 2] * x;
    p3 += bank[b + 3] * x;
    p4 += bank[b + 4] * x;
    p5 += bank[b + 5] * x;
    p6 += bank[b + 6] * x;
    p7 += bank[b + 7] * x;
  }
  out[at] += p0;
  out[at + 1] += p1;
  out[at + 2] += p2;
  out[at + 3] += p3;
  out[at + 4] += p4;
  out[at + 5] += p5;
  out[at + 6] += p6;
  out[at + 7] += p7;
}

/** Adds to `sum[0 … to − from)` a bank's vectors, times the numbers from `c[at]` on. */
export function addBank(
  { values: bank, width }: Bank,
  c: Float64Array,
  at: number,
  sum: Float64Array,
  from: number,
  to: number,
): void {
  if (width !== BANK_VECTORS) {
    for (let k = 0; k < width; k++) {
      for (let i = 0, b = width * from + k; i < to - from; i++, b += width) sum[i] += c[at + k] * bank[b];
    }
    return;
  }
  const c0 = c[at];
  const c1 = c[at + 1];
  const c2 = c[at + 2];
  const c3 = c[at + 3];
  const c4 = c[at + 4];
  const c5 = c[at + 5];
  const c6 = c[at + 6];
  const c7 = c[at + 7];
  for (let i = 0, b = BANK_VECTORS * from; i < to - from; i++, b += BANK_VECTORS) {
    sum[i] +=
      c0 * bank[b] +
      c1 * bank[b + 1] +
      (c2 * bank[b + 2] + c3 * bank[b + 3]) +
      (c4 * bank[b + 4] + c5 * bank[b + 5] + (c6 * bank[b + 6] + c7 * bank[b + 7]));
  }
}

/** The inner products of one pair. */
export interface Curvature {
  /** s·y, positive where the function curves upwards along s. */
  readonly sy: number;
  /** y·y */
  readonly yy: number;
  /** s·s */
  readonly ss: number;
}

/** What a trial tells: the products of s = `point` − `accepted` and y = `gradient` − `previous`, and of the gradient. */
export interface TrialProducts extends Curvature {
  /** s·g, the slope times the length of the step. */
  readonly sg: number;
  /** g·g */
  readonly gg: number;
}

/** All that a line search and its history ask of a trial, in one pass. */
export function trialProducts(
  point: Float32Array,
  accepted: Float32Array,
  gradient: Float32Array,
  previous: Float32Array,
): TrialProducts {
  let sy = 0;
  let yy = 0;
  let ss = 0;
  let sg = 0;
  let gg = 0;
  for (let i = 0; i < point.length; i++) {
    const s = point[i] - accepted[i];
    const g = gradient[i];
    const y = g - previous[i];
    sy += s * y;
    yy += y * y;
    ss += s * s;
    sg += s * g;
    gg += g * g;
  }
  return { sy, yy, ss, sg, gg };
}

/** The products of the pair s = `step`, y = `gradient` − `previous`. */
export function pairProducts(step: Float32Array, gradient: Float32Array, previous: Float32Array): Curvature {
  let sy = 0;
  let yy = 0;
  let ss = 0;
  for (let i = 0; i < step.length; i++) {
    const s = step[i];
    const y = gradient[i] - previous[i];
    sy += s * y;
    yy += y * y;
    ss += s * s;
  }
  return { sy, yy, ss };
}

/** Writes s = `step` and y = `gradient` − `previous` into the vectors `at` and `at + 1` of a bank. */
export function writePair(
  { values: bank, width }: Bank,
  at: number,
  step: Float32Array,
  gradient: Float32Array,
  previous: Float32Array,
): void {
  for (let i = 0, b = at; i < step.length; i++, b += width) {
    bank[b] = step[i];
    bank[b + 1] = gradient[i] - previous[i];
  }
}
