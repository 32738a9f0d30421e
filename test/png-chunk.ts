/**
 * PNG chunks made for tests.
 * @module
 */
import { crc32 } from "node:zlib";

/** Signature and header. */
const HEADER_END = 33;

/** Puts a chunk behind the header of a PNG. */
export function withChunk(png: Uint8Array, type: string, data: Uint8Array): Uint8Array {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const [length, checksum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  checksum.writeUInt32BE(crc32(body));
  return Buffer.concat([png.subarray(0, HEADER_END), length, body, checksum, png.subarray(HEADER_END)]);
}

/** Numbers of 32 bits, the way PNG has them. */
export function uint32s(...values: number[]): Uint8Array {
  const bytes = Buffer.alloc(4 * values.length);
  for (const [i, value] of values.entries()) bytes.writeUInt32BE(value, 4 * i);
  return bytes;
}
