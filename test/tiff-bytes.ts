/**
 * TIFF files made for tests: uncompressed, one strip a page, with whatever tags a case needs.
 * @module
 */
import type { SampleArray } from "../src/image/tiff-samples.ts";

/** The kinds of samples that a page can have. */
type Samples = SampleArray | Float64Array;

/** One page. */
export interface TiffPage {
  readonly width: number;
  readonly height: number;
  /** Interleaved. */
  readonly samples: Samples;
  readonly photometric: number;
  /** What the samples beyond the colours are, as tag 338 has it. */
  readonly extraSamples?: readonly number[];
  readonly icc?: Uint8Array;
  /** More tags: LONGs by their numbers, in place of those written anyway. */
  readonly tags?: Readonly<Record<number, readonly number[]>>;
  /** Pages that hang from this one's tag 330. */
  readonly subPages?: readonly TiffPage[];
}

const SHORT = 3;
const LONG = 4;
const UNDEFINED = 7;
const LONG8 = 16;

/** Writes a little-endian TIFF, or a BigTIFF. */
export function tiffBytes(pages: readonly TiffPage[], { big = false } = {}): Uint8Array {
  const chunks: Uint8Array[] = [new Uint8Array(big ? 16 : 8)];
  let length = big ? 16 : 8;
  const append = (bytes: Uint8Array): number => {
    const padding = (8 - (length % 8)) % 8;
    const at = length + padding;
    chunks.push(new Uint8Array(padding), bytes);
    length = at + bytes.length;
    return at;
  };
  const word = big ? 8 : 4;
  const put = (view: DataView, at: number, value: number): void => {
    if (big) view.setBigUint64(at, BigInt(value), true);
    else view.setUint32(at, value, true);
  };

  function writePage(page: TiffPage, next: number): number {
    const { width, height, samples, photometric, extraSamples, icc, subPages = [] } = page;
    const channels = samples.length / (width * height);
    const bits = 8 * samples.BYTES_PER_ELEMENT;
    const strip = append(new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength));
    const format =
      samples instanceof Float32Array || samples instanceof Float64Array ? 3 : isSigned(samples) ? 2 : 1;
    const every = (value: number): readonly number[] => new Array<number>(channels).fill(value);
    const subOffsets = subPages.map((sub) => writePage(sub, 0));
    const entries = new Map<number, readonly [type: number, values: readonly number[] | Uint8Array]>([
      [256, [LONG, [width]]],
      [257, [LONG, [height]]],
      [258, [SHORT, every(bits)]],
      [259, [SHORT, [1]]],
      [262, [SHORT, [photometric]]],
      [273, [big ? LONG8 : LONG, [strip]]],
      [277, [SHORT, [channels]]],
      [278, [LONG, [height]]],
      [279, [LONG, [samples.byteLength]]],
      [284, [SHORT, [1]]],
      [339, [SHORT, every(format)]],
    ]);
    if (extraSamples !== undefined) entries.set(338, [SHORT, extraSamples]);
    if (icc !== undefined) entries.set(34675, [UNDEFINED, icc]);
    if (subOffsets.length > 0) entries.set(330, [big ? LONG8 : LONG, subOffsets]);
    for (const [tag, values] of Object.entries(page.tags ?? {})) entries.set(Number(tag), [LONG, values]);

    const head = big ? 8 : 2;
    const entrySize = big ? 20 : 12;
    const directory = new Uint8Array(head + entries.size * entrySize + word);
    const view = new DataView(directory.buffer);
    if (big) put(view, 0, entries.size);
    else view.setUint16(0, entries.size, true);
    const sorted = [...entries].sort(([a], [b]) => a - b);
    for (const [i, [tag, [type, values]]] of sorted.entries()) {
      const at = head + i * entrySize;
      view.setUint16(at, tag, true);
      view.setUint16(at + 2, type, true);
      put(view, at + 4, values.length);
      const bytes = encode(type, values);
      if (bytes.length <= word) directory.set(bytes, at + 4 + word);
      else put(view, at + 4 + word, append(bytes));
    }
    put(view, directory.length - word, next);
    return append(directory);
  }

  const first = pages.reduceRight((next, page) => writePage(page, next), 0);
  const file = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    file.set(chunk, at);
    at += chunk.length;
  }
  const view = new DataView(file.buffer);
  file.set([0x49, 0x49, big ? 43 : 42, 0]);
  if (big) view.setUint16(4, 8, true);
  put(view, big ? 8 : 4, first);
  return file;
}

const isSigned = (samples: Samples): boolean =>
  samples instanceof Int8Array || samples instanceof Int16Array || samples instanceof Int32Array;

function encode(type: number, values: readonly number[] | Uint8Array): Uint8Array {
  if (values instanceof Uint8Array) return values;
  if (type === SHORT) return new Uint8Array(Uint16Array.from(values).buffer);
  if (type === LONG8) return new Uint8Array(BigUint64Array.from(values, BigInt).buffer);
  return new Uint8Array(Uint32Array.from(values).buffer);
}
