/**
 * Writes messages in the wire format of protocol buffers, field by field. Large values are kept as they are until the
 * outermost message is encoded, so that they are copied once.
 * @module
 */

/** How a field's value is laid out, as the lowest three bits of its tag say. */
const VARINT = 0;
const LENGTH_DELIMITED = 2;
const FOUR_BYTES = 5;

/** Values of fewer bytes are copied at once. */
const LARGE = 1024;

/** The most bytes that a number of 64 bits takes, seven bits a byte. */
const LONGEST_VARINT = 10;

const utf8 = new TextEncoder();

/** A message on the way: its fields are written one by one, each under its number. */
export class Message {
  /** What lies before the bytes in `#recent`. */
  readonly #parts: Uint8Array[] = [];
  #partsSize = 0;
  #recent = new Uint8Array(64);
  #used = 0;

  /** How many bytes were written. */
  get size(): number {
    return this.#partsSize + this.#used;
  }

  /** Writes a whole number of 64 bits. */
  integer(field: number, value: number): this {
    return this.#tag(field, VARINT).#varint(value);
  }

  /** Writes whole numbers of 64 bits, packed; nothing where there are none. */
  integers(field: number, values: readonly number[]): this {
    if (values.length === 0) return this;
    const packed = new Message();
    for (const value of values) packed.#varint(value);
    return this.message(field, packed);
  }

  /** Writes a number in single precision, be it whole or not. */
  float(field: number, value: number): this {
    const bytes = new Uint8Array(4);
    new DataView(bytes.buffer).setFloat32(0, value, true);
    return this.#tag(field, FOUR_BYTES).#append(bytes);
  }

  /** Writes text. */
  text(field: number, text: string): this {
    return this.bytes(field, utf8.encode(text));
  }

  /** Writes bytes, which must not change until the message is encoded. */
  bytes(field: number, values: Uint8Array): this {
    return this.#tag(field, LENGTH_DELIMITED).#varint(values.length).#append(values);
  }

  /** Writes another message as it is now. */
  message(field: number, message: Message): this {
    this.#tag(field, LENGTH_DELIMITED).#varint(message.size);
    for (const part of message.#parts) this.#append(part);
    return this.#append(message.#recent.subarray(0, message.#used));
  }

  /** Copies the message into one array. */
  encode(): Uint8Array {
    const bytes = new Uint8Array(this.size);
    let offset = 0;
    for (const part of this.#parts) {
      bytes.set(part, offset);
      offset += part.length;
    }
    bytes.set(this.#recent.subarray(0, this.#used), offset);
    return bytes;
  }

  #tag(field: number, layout: number): this {
    return this.#varint(field * 8 + layout);
  }

  /** Writes seven bits a byte, the lowest first; a negative number as its complement in 64 bits. */
  #varint(value: number): this {
    this.#makeRoom(LONGEST_VARINT);
    if (value < 0) {
      let bits = BigInt.asUintN(64, BigInt(value));
      for (; bits > 127n; bits >>= 7n) this.#recent[this.#used++] = Number(bits & 127n) | 128;
      this.#recent[this.#used++] = Number(bits);
    } else {
      let rest = value;
      for (; rest > 127; rest = Math.floor(rest / 128)) this.#recent[this.#used++] = (rest % 128) | 128;
      this.#recent[this.#used++] = rest;
    }
    return this;
  }

  #append(bytes: Uint8Array): this {
    if (bytes.length < LARGE) {
      this.#makeRoom(bytes.length);
      this.#recent.set(bytes, this.#used);
      this.#used += bytes.length;
      return this;
    }
    this.#parts.push(this.#recent.subarray(0, this.#used), bytes);
    this.#partsSize += this.#used + bytes.length;
    this.#recent = new Uint8Array(64);
    this.#used = 0;
    return this;
  }

  #makeRoom(count: number): void {
    if (this.#used + count <= this.#recent.length) return;
    const larger = new Uint8Array(2 * this.#recent.length + count);
    larger.set(this.#recent.subarray(0, this.#used));
    this.#recent = larger;
  }
}
