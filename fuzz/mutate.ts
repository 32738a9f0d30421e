/**
 * Sound files made unsound: bytes flipped, cut, moved, repeated, spliced with another file's, and whole numbers put where
 * formats keep lengths, sizes and offsets. The same random numbers give the same bytes; nothing here knows any format.
 * @module
 */
import type { Random } from "../training/random.ts";

/** One way to change bytes. */
type Mutation = (bytes: Uint8Array, random: Random, others: readonly Uint8Array[]) => Uint8Array;

/** What arithmetic goes wrong with: around nothing, around signs, around what is addressed by 16, 24, 31, 32 and 53 bits. */
const INTERESTING = [
  0,
  1,
  2,
  3,
  4,
  7,
  8,
  16,
  64,
  127,
  128,
  255,
  256,
  4095,
  4096,
  32767,
  32768,
  65535,
  65536,
  2 ** 24 - 1,
  2 ** 31 - 1,
  2 ** 31,
  2 ** 32 - 2,
  2 ** 32 - 1,
  2 ** 32,
  2 ** 53,
];

/** Headers and directories stand at the ends of files. */
const EDGE = 128;

/** A place in a file: half of the time near one of its ends. */
function placeIn(length: number, random: Random): number {
  if (length === 0) return 0;
  const near = Math.min(EDGE, length);
  switch (random.below(4)) {
    case 0:
      return random.below(near);
    case 1:
      return length - 1 - random.below(near);
    default:
      return random.below(length);
  }
}

/** Some length: short ones far more often than long ones. */
const lengthUpTo = (most: number, random: Random): number =>
  Math.max(1, Math.min(most, Math.floor(2 ** (random.uniform() * Math.log2(most + 1)))));

function changed(bytes: Uint8Array, at: number, value: (before: number) => number): Uint8Array {
  const copy = bytes.slice();
  if (at < copy.length) copy[at] = value(copy[at]);
  return copy;
}

const replaced = (
  bytes: Uint8Array,
  start: number,
  end: number,
  ...middle: readonly Uint8Array[]
): Uint8Array => new Uint8Array(Buffer.concat([bytes.subarray(0, start), ...middle, bytes.subarray(end)]));

const flipBit: Mutation = (bytes, random) =>
  changed(bytes, placeIn(bytes.length, random), (byte) => byte ^ (1 << random.below(8)));

const setByte: Mutation = (bytes, random) =>
  changed(bytes, placeIn(bytes.length, random), () => random.below(256));

const addToByte: Mutation = (bytes, random) =>
  changed(bytes, placeIn(bytes.length, random), (byte) => byte + random.below(9) - 4);

/** A whole number of 2, 4 or 8 bytes in either order; some are this file's own length, or nearly. */
const setInteger: Mutation = (bytes, random) => {
  const width = [2, 4, 4, 8][random.below(4)] ?? 4;
  const at = placeIn(bytes.length, random);
  if (at + width > bytes.length) return bytes;
  const chosen = random.below(INTERESTING.length + 3);
  const value = INTERESTING[chosen] ?? bytes.length + chosen - INTERESTING.length - 1;
  const copy = bytes.slice();
  const view = new DataView(copy.buffer, copy.byteOffset, copy.byteLength);
  const littleEndian = random.below(2) === 0;
  if (width === 2) view.setUint16(at, value, littleEndian);
  else if (width === 4) view.setUint32(at, value, littleEndian);
  else view.setBigUint64(at, BigInt(value), littleEndian);
  return copy;
};

const truncate: Mutation = (bytes, random) => bytes.slice(0, placeIn(bytes.length, random));

const remove: Mutation = (bytes, random) => {
  const start = placeIn(bytes.length, random);
  return replaced(bytes, start, start + lengthUpTo(bytes.length, random));
};

const duplicate: Mutation = (bytes, random) => {
  const start = placeIn(bytes.length, random);
  const end = Math.min(bytes.length, start + lengthUpTo(4096, random));
  const span = bytes.subarray(start, end);
  const times = 1 + (random.below(8) === 0 ? random.below(64) : 0);
  return replaced(bytes, end, end, ...new Array<Uint8Array>(times).fill(span));
};

const copyOver: Mutation = (bytes, random) => {
  const copy = bytes.slice();
  const start = placeIn(bytes.length, random);
  copy.copyWithin(placeIn(bytes.length, random), start, start + lengthUpTo(256, random));
  return copy;
};

const fill: Mutation = (bytes, random) => {
  const start = placeIn(bytes.length, random);
  return bytes.slice().fill(random.below(2) * 255, start, start + lengthUpTo(512, random));
};

const insert: Mutation = (bytes, random) => {
  const at = placeIn(bytes.length, random);
  const some = Uint8Array.from({ length: lengthUpTo(64, random) }, () => random.below(256));
  return replaced(bytes, at, at, some);
};

/** The beginning of this file and the end of another. */
const splice: Mutation = (bytes, random, others) => {
  const other = others[random.below(Math.max(1, others.length))] ?? bytes;
  const at = placeIn(bytes.length, random);
  // Where both are laid out alike, what stands at one place in one fits the same place in the other.
  const from = random.below(2) === 0 ? at : placeIn(other.length, random);
  return replaced(bytes, at, bytes.length, other.subarray(from));
};

/** Those that leave most of a file as it was come more often: what is broken at once is refused at once. */
const MUTATIONS: readonly Mutation[] = [
  flipBit,
  flipBit,
  setByte,
  setByte,
  addToByte,
  setInteger,
  setInteger,
  setInteger,
  setInteger,
  truncate,
  remove,
  duplicate,
  copyOver,
  fill,
  insert,
  splice,
];

/** No input is longer: time is better spent on many. */
const LONGEST = 2 ** 20;

/**
 * Changes a file in one way or in several.
 * @param others files that may be spliced with it.
 */
export function mutate(bytes: Uint8Array, random: Random, others: readonly Uint8Array[]): Uint8Array {
  // A Buffer's slices are no copies, and seeds are to stay as they are.
  let result = new Uint8Array(bytes);
  do {
    const mutation = MUTATIONS[random.below(MUTATIONS.length)] ?? flipBit;
    result = new Uint8Array(mutation(result, random, others).subarray(0, LONGEST));
  } while (random.below(5) < 3);
  return result;
}
