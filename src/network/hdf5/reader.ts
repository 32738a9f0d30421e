/**
 * Reads the bytes of an HDF5 file, which may be damaged or made to do harm: nothing outside the file is touched, and
 * what its structures take together is bounded, so that links in circles and trees of any shape come to an end.
 * The structures are those of https://support.hdfgroup.org/documentation/hdf5/latest/_f_m_t3.html
 * @module
 */
import type { ByteSource } from "../byte-source.ts";

/** Why a file cannot be read, as the rest of a sentence that begins with its name. */
export class Hdf5Error extends Error {}

/** A file that says what cannot be. */
export const damaged = (what: string): Hdf5Error => new Hdf5Error(`is damaged (${what}); fetch it again`);

/** A file that may be sound, but is written in a way that files of weights are not. */
export const unsupported = (what: string): Hdf5Error =>
  new Hdf5Error(`has ${what}, which impasto does not read; convert it to safetensors`);

/** The address of what is not there: all bits set. */
export const NOWHERE = 2 ** 64;

/** The bytes that all structures of a file may take together; those of VGG-19 take a hundredth. */
const MOST_BYTES = 2 ** 23;

/** What reading a structure counts for beside its own bytes. */
const STRUCTURE_BYTES = 64;

/** So much is read at once where there is a structure, for others lie beside it. */
const READ_AHEAD = 2 ** 13;

/** Gives the structures and the values of a file. */
export class Hdf5Reader {
  readonly #source: Pick<ByteSource, "size" | "read">;
  #left = MOST_BYTES;
  /** What was read last of the structures, and from where. */
  #ahead: { readonly from: number; readonly bytes: Uint8Array } = { from: 0, bytes: new Uint8Array() };

  constructor(source: Pick<ByteSource, "size" | "read">) {
    this.#source = source;
  }

  /** The size of the file in bytes. */
  get size(): number {
    return this.#source.size;
  }

  /**
   * Reads a structure.
   * @throws Hdf5Error when it is not within the file, or there are too many.
   */
  async structure(address: number, length: number): Promise<Cursor> {
    this.#left -= length + STRUCTURE_BYTES;
    if (this.#left < 0) throw damaged("its structures go in circles, or are far more than weights need");
    const start = address - this.#ahead.from;
    if (start >= 0 && start + length <= this.#ahead.bytes.length) {
      return new Cursor(this.#ahead.bytes.subarray(start, start + length));
    }
    const more = Math.min(READ_AHEAD, this.size - address);
    this.#ahead = { from: address, bytes: await this.values(address, Math.max(length, more)) };
    return new Cursor(this.#ahead.bytes.subarray(0, length));
  }

  /**
   * Reads values, after the caller has checked that as many are expected.
   * @throws Hdf5Error when they are not within the file.
   */
  async values(address: number, length: number): Promise<Uint8Array> {
    if (address + length > this.size) throw damaged("something in it lies beyond its end");
    const bytes = await this.#source.read(address, address + length);
    if (bytes.length < length) throw damaged("it became shorter while it was read");
    return bytes;
  }
}

/** No name in a file of weights is longer. */
const LONGEST_NAME = 255;

/** Goes through the bytes of a structure. Every method throws an {@link Hdf5Error} when too few are left. */
export class Cursor {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** How many bytes are left. */
  get left(): number {
    return this.#bytes.length - this.#at;
  }

  /** The next bytes. */
  bytes(count: number): Uint8Array {
    if (count < 0 || count > this.left) throw damaged("one of its structures is cut off");
    this.#at += count;
    return this.#bytes.subarray(this.#at - count, this.#at);
  }

  /** Passes the next bytes over. */
  skip(count: number): void {
    this.bytes(count);
  }

  /** The next bytes, to be gone through on their own. */
  part(count: number): Cursor {
    return new Cursor(this.bytes(count));
  }

  /** A whole number without a sign, the lowest byte first; beyond 2⁵³ it is rounded, and larger than any file. */
  unsigned(width: number): number {
    return this.bytes(width).reduceRight((sum, byte) => sum * 256 + byte, 0);
  }

  /** An address in the file, or {@link NOWHERE}. */
  address(): number {
    return this.unsigned(8);
  }

  /** Checks that the next bytes are these characters. */
  signature(expected: string): void {
    const found = String.fromCharCode(...this.bytes(expected.length));
    if (found !== expected) throw damaged(`${expected.trim()} is not where it should be`);
  }

  /** The next bytes as text. */
  text(length: number): string {
    if (length > LONGEST_NAME) throw damaged("it has a name without an end");
    return decode(this.bytes(length));
  }

  /** The text from a place in the structure up to the next zero; nothing is passed over. */
  textAt(offset: number): string {
    const bytes = this.#bytes.subarray(offset, offset + LONGEST_NAME);
    const length = bytes.indexOf(0);
    if (length < 0) throw damaged("it has a name without an end");
    return decode(bytes.subarray(0, length));
  }
}

const decode = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
