/**
 * Datasets of HDF5 that are kept in chunks, each compressed by itself: undoes the filters and puts the whole together.
 * Whatever the file says, a chunk is at most as large as the whole and is read once, so that time and memory are
 * bounded by the shape that was asked for.
 * @module
 */
import { inflateSync } from "node:zlib";
import { leavesOf } from "./b-tree.ts";
import { type Cursor, damaged, type Hdf5Reader, unsupported } from "./reader.ts";

/** What the chunks make: an array of this shape, its values of `width` bytes. */
export interface Whole {
  readonly shape: readonly number[];
  readonly width: number;
}

const CHUNKS = 1;

const product = (factors: readonly number[]): number =>
  factors.reduce((result, factor) => result * factor, 1);

/**
 * The bytes of a dataset in chunks.
 * @param layout what the file says of the chunks, from their rank on.
 * @param pipeline what it says of filters, if there are any.
 * @throws Hdf5Error when a chunk is missing or damaged, or a filter is none that impasto has.
 */
export function readChunks(
  reader: Hdf5Reader,
  layout: Cursor,
  pipeline: Cursor | undefined,
  { shape, width }: Whole,
): Uint8Array {
  const rank = layout.unsigned(1) - 1;
  const tree = layout.address();
  const axes = shape.map((size) => ({ size, step: layout.unsigned(4) }));
  if (rank !== shape.length || axes.some(({ size, step }) => step < 1 || step > size)) {
    throw damaged("its chunks do not fit their dataset");
  }
  const chunkBytes = width * product(axes.map(({ step }) => step));
  const filters = pipeline === undefined ? [] : filtersOf(pipeline, width, chunkBytes);
  const whole = new Uint8Array(width * product(shape));
  const origins = new Set<string>();
  for (const { key, address } of leavesOf(reader, tree, { type: CHUNKS, keyBytes: 16 + 8 * rank })) {
    const [stored, leftOut] = [key.unsigned(4), key.unsigned(4)];
    const origin = axes.map(() => key.unsigned(8));
    const fits = axes.every(({ size, step }, axis) => {
      const start = origin[axis] ?? size;
      return start < size && start % step === 0;
    });
    // Compression makes nothing much larger.
    if (!fits || origins.has(origin.join()) || stored > 2 * chunkBytes + 1024) {
      throw damaged("a chunk is not where it should be");
    }
    origins.add(origin.join());
    const values = filters.reduceRight(
      (bytes, undo, index) => (leftOut & (1 << index) ? bytes : undo(bytes)),
      reader.values(address, stored),
    );
    if (values.length !== chunkBytes) throw damaged("a chunk is not of its size");
    place(
      values,
      whole,
      axes.map((axis, index) => ({ ...axis, start: origin[index] ?? 0 })),
      width,
    );
  }
  if (origins.size < product(axes.map(({ size, step }) => Math.ceil(size / step)))) {
    throw damaged("a chunk is missing");
  }
  return whole;
}

/** An axis of the whole: its size, that of a chunk, and where the chunk at hand begins. */
interface Axis {
  readonly size: number;
  readonly step: number;
  readonly start: number;
}

/** Copies what of a chunk lies within the whole, row by row. */
function place(chunk: Uint8Array, whole: Uint8Array, [axis, ...inner]: readonly Axis[], width: number): void {
  if (axis === undefined) {
    whole.set(chunk);
    return;
  }
  const count = Math.min(axis.step, axis.size - axis.start);
  const chunkStride = width * product(inner.map(({ step }) => step));
  const wholeStride = width * product(inner.map(({ size }) => size));
  const target = whole.subarray(axis.start * wholeStride);
  if (inner.length === 0) {
    target.set(chunk.subarray(0, count * width));
    return;
  }
  for (let index = 0; index < count; index++) {
    place(chunk.subarray(index * chunkStride), target.subarray(index * wholeStride), inner, width);
  }
}

type Undo = (bytes: Uint8Array) => Uint8Array;

const DEFLATE = 1;
const SHUFFLE = 2;
/** Filters from this number on have names in every version. */
const NAMED = 256;

/** How each filter is undone, in the order they were applied in. */
function filtersOf(pipeline: Cursor, width: number, chunkBytes: number): Undo[] {
  const [version, count] = [pipeline.unsigned(1), pipeline.unsigned(1)];
  if (version === 1) pipeline.skip(6);
  return Array.from({ length: count }, () => {
    const id = pipeline.unsigned(2);
    const nameBytes = version === 1 || id >= NAMED ? pipeline.unsigned(2) : 0;
    pipeline.skip(2);
    const parameters = pipeline.unsigned(2);
    pipeline.skip(nameBytes + 4 * parameters + (version === 1 && parameters % 2 === 1 ? 4 : 0));
    if (id === DEFLATE) return (bytes) => inflate(bytes, chunkBytes);
    if (id === SHUFFLE) return (bytes) => unshuffle(bytes, width);
    throw unsupported(`a filter of number ${id}`);
  });
}

function inflate(bytes: Uint8Array, most: number): Uint8Array {
  try {
    return inflateSync(bytes, { maxOutputLength: most });
  } catch {
    throw damaged("a chunk cannot be decompressed");
  }
}

/** The first bytes of all values come first, then the second ones, and so on. */
function unshuffle(bytes: Uint8Array, width: number): Uint8Array {
  const count = Math.floor(bytes.length / width);
  const values = Uint8Array.from(bytes);
  for (let byte = 0; byte < width; byte++) {
    for (let index = 0; index < count; index++)
      values[index * width + byte] = bytes[byte * count + index] ?? 0;
  }
  return values;
}
