/**
 * The safetensors format: eight bytes of header length, a JSON header, then the tensors' bytes without a hole.
 * Bytes in and tensors out: nothing here knows of files or of VGG-19, and everything runs in a browser.
 * A file is somebody else's: whatever its bytes, the only error is an ImpastoError.
 * @module
 */
import { ImpastoError } from "../errors.ts";

const BYTES_PER_VALUE: ReadonlyMap<string, number> = new Map([
  ["BOOL", 1],
  ["U8", 1],
  ["I8", 1],
  ["F8_E4M3", 1],
  ["F8_E5M2", 1],
  ["I16", 2],
  ["U16", 2],
  ["F16", 2],
  ["BF16", 2],
  ["I32", 4],
  ["U32", 4],
  ["F32", 4],
  ["I64", 8],
  ["U64", 8],
  ["F64", 8],
]);
const LENGTH_BYTES = 8;
/** The reference implementation's limit; no honest header comes near it. */
const MAX_HEADER_BYTES = 100_000_000;

/** Where a tensor lies in a file, in bytes from the file's start, and how to read it. */
export interface TensorEntry {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}

/** What a file's header says. */
export interface SafetensorsHeader {
  readonly metadata: Readonly<Record<string, string>>;
  readonly entries: ReadonlyMap<string, TensorEntry>;
}

/** A tensor in memory: values in row-major order. */
export interface Tensor {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** Everything a file holds. */
export interface Safetensors {
  readonly metadata: Readonly<Record<string, string>>;
  readonly tensors: ReadonlyMap<string, Tensor>;
}

/**
 * A tensor to write: in double precision (F64) where its values are, else in single (F32, the default) or half (F16); or
 * plain bytes (U8).
 */
export type WritableTensor =
  | (Tensor & { readonly dtype?: "F32" | "F16" })
  | { readonly shape: readonly number[]; readonly data: Float64Array; readonly dtype: "F64" }
  | { readonly shape: readonly number[]; readonly data: Uint8Array; readonly dtype: "U8" };

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const isSize = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 0;

const isSizes = (value: unknown): value is number[] => Array.isArray(value) && value.every(isSize);

/**
 * Reads the header's length from the first eight bytes of a file.
 *
 * @returns The number of bytes up to the tensors, the eight included.
 * @throws {ImpastoError} If there are fewer than eight bytes, or the length exceeds the file's `size`.
 */
export const headerSize = (bytes: Uint8Array, size: number, file = "The file"): number => {
  if (bytes.length < LENGTH_BYTES)
    throw new ImpastoError(`${file} is truncated; expected a safetensors header`);
  const length = new DataView(bytes.buffer, bytes.byteOffset, LENGTH_BYTES).getBigUint64(0, true);
  if (length > MAX_HEADER_BYTES) {
    throw new ImpastoError(`${file} is no safetensors file: its header would have ${length} bytes`);
  }
  const total = LENGTH_BYTES + Number(length);
  if (total > size)
    throw new ImpastoError(`${file} is truncated: its header has ${total} bytes, the file ${size}`);
  return total;
};

const parseJson = (bytes: Uint8Array, file: string): Record<string, unknown> => {
  let parsed: unknown;
  try {
    parsed = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (error) {
    throw new ImpastoError(`${file} has a damaged safetensors header; convert or fetch it again`, {
      cause: error,
    });
  }
  if (isRecord(parsed)) return parsed;
  throw new ImpastoError(`${file} has a damaged safetensors header: expected an object`);
};

const parseMetadata = (value: unknown, file: string): Record<string, string> => {
  const metadata: [string, string][] = [];
  if (value !== undefined && !isRecord(value)) {
    throw new ImpastoError(`${file} has a damaged safetensors header: __metadata__ is not an object`);
  }
  for (const [key, text] of Object.entries(value ?? {})) {
    if (typeof text !== "string") {
      throw new ImpastoError(`${file} has a damaged safetensors header: ${key} of __metadata__ is not text`);
    }
    metadata.push([key, text]);
  }
  return Object.fromEntries(metadata);
};

const parseEntry = (name: string, value: unknown, start: number, file: string): TensorEntry => {
  const fail = (problem: string): never => {
    throw new ImpastoError(`${file} has a damaged safetensors header: ${JSON.stringify(name)} ${problem}`);
  };
  const { dtype, shape, data_offsets: offsets } = isRecord(value) ? value : {};
  const bytes = typeof dtype === "string" ? BYTES_PER_VALUE.get(dtype) : undefined;
  if (typeof dtype !== "string" || bytes === undefined)
    return fail(`has the unknown type ${typeof dtype === "string" ? JSON.stringify(dtype) : typeof dtype}`);
  if (!isSizes(shape)) return fail("has no valid shape");
  const [begin, end] = isSizes(offsets) && offsets.length === 2 ? offsets : [];
  if (begin === undefined || end === undefined || end < begin) return fail("has no valid data_offsets");
  const expected = shape.reduce((product, size) => product * size, bytes);
  if (expected !== end - begin) return fail(`has ${end - begin} bytes; its shape and type need ${expected}`);
  return { dtype, shape, begin: start + begin, end: start + end };
};

/**
 * Reads and checks the header of a safetensors file.
 *
 * @param bytes - At least the first {@link headerSize} bytes of the file.
 * @param size - The size of the whole file in bytes.
 * @param file - Named in messages.
 * @throws {ImpastoError} If the header is damaged, tensors overlap, leave holes, or exceed the file.
 */
export const parseHeader = (bytes: Uint8Array, size: number, file = "The file"): SafetensorsHeader => {
  const start = headerSize(bytes, size, file);
  if (bytes.length < start) throw new ImpastoError(`${file} is truncated within its safetensors header`);
  const { __metadata__: metadata, ...tensors } = parseJson(bytes.subarray(LENGTH_BYTES, start), file);
  const entries = new Map<string, TensorEntry>();
  for (const [name, value] of Object.entries(tensors))
    entries.set(name, parseEntry(name, value, start, file));
  let end = start;
  for (const [name, entry] of [...entries].sort(([, a], [, b]) => a.begin - b.begin || a.end - b.end)) {
    if (entry.begin !== end) {
      throw new ImpastoError(
        `${file} has a damaged safetensors header: ${JSON.stringify(name)} ${entry.begin < end ? "overlaps another tensor" : "leaves a hole before it"}`,
      );
    }
    end = entry.end;
  }
  if (end > size)
    throw new ImpastoError(
      `${file} is truncated: it holds ${size} of ${end} bytes; fetch or convert it again`,
    );
  if (end < size)
    throw new ImpastoError(`${file} has ${size - end} bytes after its last tensor; it is damaged`);
  return { metadata: parseMetadata(metadata, file), entries };
};

const aligned = (bytes: Uint8Array, width: 2 | 4 | 8): Uint8Array =>
  bytes.byteOffset % width === 0 ? bytes : Uint8Array.from(bytes);

/** The float of a half precision number of the least exponent or of the largest: too small to be normal, or none. */
const ofEndExponent = (half: number): number => {
  const sign = half & 0x8000 ? -1 : 1;
  const fraction = half & 0x3ff;
  if ((half & 0x7c00) === 0) return sign * fraction * 2 ** -24;
  return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
};

/** The half precision number nearest to a float given by its bits; ties go to the even one. */
const toHalf = (bits: number): number => {
  const sign = (bits >>> 16) & 0x8000;
  const magnitude = bits & 0x7fffffff;
  if (magnitude > 0x7f800000) return sign | 0x7e00;
  if (magnitude >= 0x477ff000) return sign | 0x7c00;
  const subnormal = magnitude < 0x38800000;
  const shift = subnormal ? 126 - (magnitude >>> 23) : 13;
  if (shift > 25) return sign;
  const value = subnormal ? (magnitude & 0x7fffff) | 0x800000 : magnitude - 0x38000000;
  const rest = value & ((1 << shift) - 1);
  const kept = value >>> shift;
  const half = 1 << (shift - 1);
  return sign | (kept + (rest > half || (rest === half && (kept & 1) === 1) ? 1 : 0));
};

/**
 * Makes floats of a tensor's bytes. Well-aligned F32 bytes are not copied: the result is a view of them.
 *
 * @param name - The tensor's, for the message.
 * @throws {ImpastoError} If the type is not F32, F16 or BF16.
 */
export const decodeTensor = (
  bytes: Uint8Array,
  dtype: string,
  name: string,
  file = "The file",
): Float32Array => {
  if (dtype === "F32") {
    const { buffer, byteOffset, byteLength } = aligned(bytes, 4);
    return new Float32Array(buffer, byteOffset, byteLength / 4);
  }
  if (dtype !== "F16" && dtype !== "BF16") {
    throw new ImpastoError(
      `${file}: expected F32, F16 or BF16 for ${name} but received ${dtype}; convert it to F32`,
    );
  }
  const { buffer, byteOffset, byteLength } = aligned(bytes, 2);
  const halves = new Uint16Array(buffer, byteOffset, byteLength / 2);
  const values = new Float32Array(halves.length);
  const bits = new Uint32Array(values.buffer);
  // Plain loops: with a callback for each value these take several times as long.
  if (dtype === "F16") {
    for (let i = 0; i < halves.length; i++) {
      const half = halves[i];
      const exponent = half & 0x7c00;
      // Most numbers only get a wider exponent and fraction; a power of 2 for each would take as long as all else of opening a network.
      if (exponent === 0 || exponent === 0x7c00) values[i] = ofEndExponent(half);
      else bits[i] = ((half & 0x8000) << 16) | (((half & 0x7fff) << 13) + 0x38000000);
    }
  } else for (let i = 0; i < halves.length; i++) bits[i] = halves[i] << 16;
  return values;
};

/**
 * Makes doubles of a tensor's bytes.
 *
 * @param name - The tensor's, for the message.
 * @throws {ImpastoError} If the type is not F64.
 */
export const decodeDoubles = (
  bytes: Uint8Array,
  dtype: string,
  name: string,
  file = "The file",
): Float64Array => {
  if (dtype !== "F64") throw new ImpastoError(`${file}: expected F64 for ${name} but received ${dtype}`);
  const { buffer, byteOffset, byteLength } = aligned(bytes, 8);
  return new Float64Array(buffer, byteOffset, byteLength / 8);
};

/**
 * Reads a whole safetensors file.
 *
 * @param bytes - The file. F32 tensors of the result may be views of it.
 * @param file - Named in messages.
 * @throws {ImpastoError} If the file is damaged, or a tensor is not F32, F16 or BF16.
 */
export const parseSafetensors = (bytes: Uint8Array, file = "The file"): Safetensors => {
  const { metadata, entries } = parseHeader(bytes, bytes.length, file);
  const tensors = new Map<string, Tensor>();
  for (const [name, { dtype, shape, begin, end }] of entries) {
    tensors.set(name, { shape, data: decodeTensor(bytes.subarray(begin, end), dtype, name, file) });
  }
  return { metadata, tensors };
};

const encodeTensor = (name: string, tensor: WritableTensor): Uint8Array => {
  const { data, shape } = tensor;
  const count = shape.reduce((product, size) => product * size, 1);
  if (count !== data.length) {
    throw new ImpastoError(
      `Expected ${count} values for ${name} of shape [${shape.join(", ")}] but received ${data.length}`,
    );
  }
  if (tensor.dtype !== "F16") return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  const tooLarge = tensor.data.find((value) => Number.isFinite(value) && Math.abs(value) >= 65520);
  if (tooLarge !== undefined)
    throw new ImpastoError(`${name} holds ${tooLarge}, too large for F16; write it as F32`);
  const bits = new Uint32Array(tensor.data.slice().buffer);
  const halves = new Uint16Array(bits.length);
  for (let i = 0; i < bits.length; i++) halves[i] = toHalf(bits[i]);
  return new Uint8Array(halves.buffer);
};

/**
 * Writes tensors as a safetensors file. The same tensors in the same order give the same bytes.
 *
 * @param tensors - By name; `__metadata__` is no name for a tensor.
 * @throws {ImpastoError} If a tensor's shape and length differ, or a finite value does not fit in F16.
 * @example
 * ```ts
 * const bytes = writeSafetensors({ bias: { shape: [2], data: Float32Array.of(1, 2), dtype: "F16" } });
 * ```
 */
export const writeSafetensors = (
  tensors: Readonly<Record<string, WritableTensor>>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array => joined(safetensorsParts(tensors, metadata));

/** The parts as one. */
export function joined(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let position = 0;
  for (const part of parts) {
    bytes.set(part, position);
    position += part.length;
  }
  return bytes;
}

/**
 * As {@link writeSafetensors}, in parts that follow each other: no copy is made of the tensors that are written as they
 * are, so the parts are to be written before a tensor changes.
 */
export const safetensorsParts = (
  tensors: Readonly<Record<string, WritableTensor>>,
  metadata: Readonly<Record<string, string>> = {},
): readonly Uint8Array[] => {
  // The wider first, so that an odd number of the narrower never leaves them misaligned.
  const width = ({ dtype = "F32" }: WritableTensor): number => BYTES_PER_VALUE.get(dtype) ?? 0;
  const ordered = Object.entries(tensors).sort(([, a], [, b]) => width(b) - width(a));
  const parts: Uint8Array[] = [];
  const header: [string, unknown][] = Object.keys(metadata).length > 0 ? [["__metadata__", metadata]] : [];
  let offset = 0;
  for (const [name, tensor] of ordered) {
    if (name === "__metadata__")
      throw new ImpastoError("Expected another name than __metadata__ for a tensor");
    const part = encodeTensor(name, tensor);
    const offsets = [offset, offset + part.length];
    header.push([name, { dtype: tensor.dtype ?? "F32", shape: tensor.shape, data_offsets: offsets }]);
    offset += part.length;
    parts.push(part);
  }
  const json = new TextEncoder().encode(JSON.stringify(Object.fromEntries(header)));
  const head = new Uint8Array(LENGTH_BYTES + Math.ceil(json.length / 8) * 8).fill(0x20, LENGTH_BYTES);
  new DataView(head.buffer).setBigUint64(0, BigInt(head.length - LENGTH_BYTES), true);
  head.set(json, LENGTH_BYTES);
  return [head, ...parts];
};
