/**
 * PNG files as the chunks they are made of (PNG specification, 5.3): length, type, data, CRC. The reader takes any
 * bytes, the writer takes a well-formed PNG.
 * @module
 */

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

/** Length, type and CRC: what a chunk has beside its data. */
const FRAME = 12;

/** One chunk. */
export interface PngChunk {
  /** Four letters, `IHDR`. */
  readonly type: string;
  readonly data: Uint8Array;
  /** Where it begins in the file and where the next one does. */
  readonly start: number;
  readonly end: number;
}

/** Whether bytes begin as a PNG file does. */
export const isPng = (bytes: Uint8Array): boolean => SIGNATURE.every((byte, i) => bytes[i] === byte);

/** The chunks of a PNG file up to the first that is cut short; none where the bytes are no PNG. */
export function* pngChunks(png: Uint8Array): Generator<PngChunk, void> {
  if (!isPng(png)) return;
  const view = viewOf(png);
  for (let start = SIGNATURE.length; start + FRAME <= png.length; ) {
    const end = start + FRAME + view.getUint32(start);
    if (end > png.length) return;
    const type = String.fromCharCode(...png.subarray(start + 4, start + 8));
    yield { type, data: png.subarray(start + 8, end - 4), start, end };
    start = end;
  }
}

/** Whether a chunk's CRC is that of its type and data. */
export const isIntact = (png: Uint8Array, { start, end }: PngChunk): boolean =>
  viewOf(png).getUint32(end - 4) === crc32(png.subarray(start + 4, end - 4));

/** A copy without the chunks of one type, and with others right behind the header. */
export function editPng(
  png: Uint8Array,
  dropped: string,
  added: readonly Pick<PngChunk, "type" | "data">[],
): Uint8Array {
  const kept = [...pngChunks(png)].filter(({ type }) => type !== dropped);
  const [header, ...others] = kept.map(({ start, end }) => png.subarray(start, end));
  return joined([header ?? new Uint8Array(), ...added.map(writeChunk), ...others]);
}

/** A PNG file of these chunks. */
export const writePng = (chunks: readonly Pick<PngChunk, "type" | "data">[]): Uint8Array =>
  joined(chunks.map(writeChunk));

/** The signature and what follows it. */
function joined(chunks: readonly Uint8Array[]): Uint8Array {
  const parts = [Uint8Array.from(SIGNATURE), ...chunks];
  const file = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    file.set(part, at);
    at += part.length;
  }
  return file;
}

function writeChunk({ type, data }: Pick<PngChunk, "type" | "data">): Uint8Array {
  const chunk = new Uint8Array(FRAME + data.length);
  const view = viewOf(chunk);
  view.setUint32(0, data.length);
  chunk.set(new TextEncoder().encode(type), 4);
  chunk.set(data, 8);
  view.setUint32(8 + data.length, crc32(chunk.subarray(4, 8 + data.length)));
  return chunk;
}

const viewOf = (bytes: Uint8Array): DataView =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** ISO 3309, half a byte at a time. */
function crc32(bytes: Uint8Array): number {
  const table = Uint32Array.from({ length: 16 }, (_, i) => shifted(i));
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    crc = table[crc & 15] ^ (crc >>> 4);
    crc = table[crc & 15] ^ (crc >>> 4);
  }
  return (crc ^ 0xffffffff) >>> 0;
}

/** Four bits, each shifted out. */
function shifted(value: number): number {
  let crc = value;
  for (let bit = 0; bit < 4; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  return crc;
}
