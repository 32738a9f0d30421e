/**
 * Datasets of HDF5 that are kept in chunks, each compressed by itself: undoes the filters and puts the whole together.
 * Whatever the file says, its chunks are not far larger than the whole, are read once and pass through few filters, so
 * that time and memory are bounded by the shape that was asked for.
 * @module
 */
import { leavesOf } from "./b-tree.ts";
import { inflate } from "./inflate.ts";
import { type Cursor, damaged, type Hdf5Reader, unsupported } from "./reader.ts";

/** What the chunks make: an array of this shape, its values of `width` bytes. */
export interface Whole {
  readonly shape: readonly number[];
  readonly width: number;
}

const CHUNKS = 1;

/**
 * How many times the bytes of the whole a chunk may have, and all of them; a chunk of a dataset that can grow may be
 * larger than it, and those of four axes that they do not divide nearly 2⁴ times as large.
 */
const MOST_OF_ONE = 4;
const MOST_OF_ALL = 16;
/** What is no more than this is not too large. */
const SMALL_BYTES = 2 ** 16;

const product = (factors: readonly number[]): number =>
  factors.reduce((result, factor) => result * factor, 1);

/**
 * The bytes of a dataset in chunks.
 * @param layout what the file says of the chunks, from their rank on.
 * @param pipeline what it says of filters, if there are any.
 * @throws Hdf5Error when a chunk is missing, damaged or too large, or a filter is none that impasto has.
 */
export async function readChunks(
  reader: Hdf5Reader,
  layout: Cursor,
  pipeline: Cursor | undefined,
  { shape, width }: Whole,
): Promise<Uint8Array> {
  const rank = layout.unsigned(1) - 1;
  const tree = layout.address();
  const axes = shape.map((size) => ({ size, step: layout.unsigned(4) }));
  if (rank !== shape.length || axes.some(({ step }) => step < 1)) {
    throw damaged("its chunks do not fit their dataset");
  }
  const chunkBytes = width * product(axes.map(({ step }) => step));
  const wholeBytes = width * product(shape);
  const chunks = product(axes.map(({ size, step }) => Math.ceil(size / step)));
  if (
    chunkBytes > MOST_OF_ONE * wholeBytes + SMALL_BYTES ||
    chunks * chunkBytes > MOST_OF_ALL * wholeBytes + SMALL_BYTES
  ) {
    throw unsupported("chunks far larger than their dataset");
  }
  const filters = pipeline === undefined ? [] : filtersOf(pipeline, width, chunkBytes);
  const whole = new Uint8Array(wholeBytes);
  const origins = new Set<string>();
  for await (const { key, address } of leavesOf(reader, tree, { type: CHUNKS, keyBytes: 16 + 8 * rank })) {
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
    let values = await reader.values(address, stored);
    for (const [index, undo] of [...filters.entries()].reverse()) {
      if (!(leftOut & (1 << index))) values = await undo(values);
    }
    if (values.length !== chunkBytes) throw damaged("a chunk is not of its size");
    place(
      values,
      whole,
      axes.map((axis, index) => ({ ...axis, start: origin[index] ?? 0 })),
      width,
    );
  }
  if (origins.size < chunks) throw damaged("a chunk is missing");
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

type Undo = (bytes: Uint8Array) => Uint8Array | Promise<Uint8Array>;

const DEFLATE = 1;
const SHUFFLE = 2;
const FLETCHER32 = 3;
const CHECKSUM_BYTES = 4;
/** HDF5's own that keep floats as they are come to three. */
const MOST_FILTERS = 4;
/** What others do with values, by their numbers. */
const OTHERS: ReadonlyMap<number, string> = new Map([
  [4, "compressed by SZIP"],
  [5, "made small by N-bit"],
  [6, "made small by scale and offset"],
  [307, "compressed by bzip2"],
  [32000, "compressed by LZF"],
  [32001, "compressed by Blosc"],
  [32004, "compressed by LZ4"],
  [32008, "shuffled bit by bit"],
  [32013, "compressed by ZFP"],
  [32015, "compressed by Zstandard"],
]);
/** Filters from this number on have names in every version. */
const NAMED = 256;

/** How each filter is undone, in the order they were applied in. */
function filtersOf(pipeline: Cursor, width: number, chunkBytes: number): Undo[] {
  const [version, count] = [pipeline.unsigned(1), pipeline.unsigned(1)];
  if (count > MOST_FILTERS) throw unsupported(`${count} filters on a dataset`);
  if (version === 1) pipeline.skip(6);
  return Array.from({ length: count }, () => {
    const id = pipeline.unsigned(2);
    const nameBytes = version === 1 || id >= NAMED ? pipeline.unsigned(2) : 0;
    pipeline.skip(2);
    const parameters = pipeline.unsigned(2);
    pipeline.skip(nameBytes + 4 * parameters + (version === 1 && parameters % 2 === 1 ? 4 : 0));
    // What is inflated may end in checksums.
    if (id === DEFLATE) return (bytes) => inflated(bytes, chunkBytes + MOST_FILTERS * CHECKSUM_BYTES);
    if (id === SHUFFLE) return (bytes) => unshuffle(bytes, width);
    if (id === FLETCHER32) return withoutChecksum;
    const other = OTHERS.get(id);
    throw unsupported(other ? `values ${other} (filter ${id})` : `a filter of number ${id}`);
  });
}

async function inflated(bytes: Uint8Array, most: number): Promise<Uint8Array> {
  try {
    return await inflate(bytes, most);
  } catch {
    throw damaged("a chunk cannot be decompressed");
  }
}

function withoutChecksum(bytes: Uint8Array): Uint8Array {
  if (bytes.length < CHECKSUM_BYTES) throw damaged("a chunk has no checksum");
  return bytes.subarray(0, -CHECKSUM_BYTES);
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
