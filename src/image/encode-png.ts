/**
 * Pictures as PNG files, to the last bit, where no codec does it: lines of samples, each less what the best of five filters
 * foretells of it (PNG specification, 9 and 12.7), deflated by the platform.
 * @module
 */
import type { Picture } from "./picture.ts";
import { type PngChunk, writePng } from "./png-chunks.ts";
import { type Depth, toSamples } from "./samples.ts";

/** What is foretold of a byte from those at its left, above it, and above at the left. */
type Filter = (left: number, up: number, corner: number) => number;

/** In the order of their numbers. */
const FILTERS: readonly Filter[] = [
  () => 0,
  (left) => left,
  (_, up) => up,
  (left, up) => (left + up) >> 1,
  (left, up, corner) => nearest(left + up - corner, [left, up, corner]),
];

/** The first of those that are nearest. */
function nearest(value: number, [a, b, c]: readonly [number, number, number]): number {
  const [toA, toB, toC] = [Math.abs(value - a), Math.abs(value - b), Math.abs(value - c)];
  if (toA <= toB && toA <= toC) return a;
  return toB <= toC ? b : c;
}

/** RGB, and RGBA. */
const COLOUR_TYPES = { 3: 2, 4: 6 } as const;

/**
 * Encodes a picture. Values are clamped to [0, 1] and rounded, halves up.
 * @param chunks what stands between the header and the samples.
 */
export async function encodePng(
  picture: Picture,
  depth: Depth,
  chunks: readonly Pick<PngChunk, "type" | "data">[],
): Promise<Uint8Array> {
  const { width, height, alpha } = picture;
  const channels = alpha === undefined ? 3 : 4;
  const header = new DataView(new ArrayBuffer(13));
  header.setUint32(0, width);
  header.setUint32(4, height);
  header.setUint8(8, depth);
  header.setUint8(9, COLOUR_TYPES[channels]);
  const samples = bytesOf(toSamples(picture, depth));
  const lines = filtered(samples, samples.length / height, (channels * depth) / 8);
  return writePng([
    { type: "IHDR", data: new Uint8Array(header.buffer) },
    ...chunks,
    { type: "IDAT", data: await deflate(lines) },
    { type: "IEND", data: new Uint8Array() },
  ]);
}

/** The bytes of samples, the higher of two first. */
function bytesOf(samples: Uint8Array | Uint16Array): Uint8Array {
  if (samples instanceof Uint8Array) return samples;
  const bytes = new Uint8Array(2 * samples.length);
  samples.forEach((sample, i) => {
    bytes[2 * i] = sample >> 8;
    bytes[2 * i + 1] = sample;
  });
  return bytes;
}

/** Each line behind the number of its filter. */
function filtered(bytes: Uint8Array, length: number, pixel: number): Uint8Array<ArrayBuffer> {
  const height = bytes.length / length;
  const lines = new Uint8Array((length + 1) * height);
  let above: Uint8Array = new Uint8Array(length);
  for (let y = 0; y < height; y++) {
    const line = bytes.subarray(y * length, (y + 1) * length);
    const tried = FILTERS.map((filter) => residual(line, above, pixel, filter));
    const sums = tried.map(magnitude);
    const best = sums.indexOf(Math.min(...sums));
    lines[y * (length + 1)] = best;
    lines.set(tried[best], y * (length + 1) + 1);
    above = line;
  }
  return lines;
}

/** What a filter leaves of a line. */
function residual(line: Uint8Array, above: Uint8Array, pixel: number, filter: Filter): Uint8Array {
  const left = new Uint8Array(line.length);
  for (let i = 0; i < line.length; i++) {
    const [before, corner] = i < pixel ? [0, 0] : [line[i - pixel], above[i - pixel]];
    left[i] = line[i] - filter(before, above[i], corner);
  }
  return left;
}

/** The sum of the bytes, above 127 taken for negative. */
function magnitude(bytes: Uint8Array): number {
  let sum = 0;
  for (const byte of bytes) sum += byte < 128 ? byte : 256 - byte;
  return sum;
}

/** A zlib stream. */
async function deflate(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  const stream = new Blob([bytes]).stream().pipeThrough(new CompressionStream("deflate"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}
