/**
 * The datasets of an HDF5 file: their shapes, and their values as single floats. The file may keep floats of 16, 32 or
 * 64 bits, in either byte order, in one piece or in chunks.
 * @module
 */
import { decodeDoubles, decodeTensor } from "../safetensors.ts";
import { readChunks } from "./chunks.ts";
import { type Hdf5Object, has, MESSAGE, one } from "./objects.ts";
import { type Cursor, damaged, Hdf5Error, type Hdf5Reader, NOWHERE, unsupported } from "./reader.ts";

/** Whether an object is a dataset. */
export const isDataset = (object: Hdf5Object): boolean => has(object, MESSAGE.layout);

/**
 * The shape of a dataset.
 * @throws Hdf5Error when it has none.
 */
export function shapeOf(dataset: Hdf5Object): number[] {
  const space = required(dataset, MESSAGE.dataspace);
  const [version, rank] = [space.unsigned(1), space.unsigned(1)];
  space.skip(version === 1 ? 6 : 2);
  return Array.from({ length: rank }, () => space.unsigned(8));
}

/**
 * The values of a dataset, in row-major order. There may be as many as the dataset says: its shape is to be checked
 * first.
 * @param name what a message calls the dataset.
 * @throws Hdf5Error when the values are no floats, or not there.
 */
export async function readFloats(
  reader: Hdf5Reader,
  dataset: Hdf5Object,
  name: string,
): Promise<Float32Array> {
  const { width, bigEndian } = floatsOf(required(dataset, MESSAGE.datatype), name);
  const stored = await readBytes(reader, dataset, width);
  const bytes = bigEndian ? swapped(stored, width) : stored;
  if (width === 8) return new Float32Array(decodeDoubles(bytes, "F64", name));
  return decodeTensor(bytes, width === 2 ? "F16" : "F32", name);
}

/** Values of so many bytes, each in the other byte order. */
function swapped(bytes: Uint8Array, width: number): Uint8Array {
  const result = new Uint8Array(bytes.length);
  for (let value = 0; value < bytes.length; value += width) {
    for (let byte = 0; byte < width; byte++) result[value + byte] = bytes[value + width - 1 - byte] ?? 0;
  }
  return result;
}

function required(dataset: Hdf5Object, type: number): Cursor {
  const message = one(dataset, type);
  if (message === undefined) throw damaged("a dataset is not described");
  return message;
}

interface Floats {
  /** In bytes. */
  readonly width: 2 | 4 | 8;
  readonly bigEndian: boolean;
}

/** Bits of the exponent and of the fraction, and the exponent that stands for 2⁰ (IEEE 754). */
const FORMATS = [
  { width: 2, exponent: 5, fraction: 10, bias: 15 },
  { width: 4, exponent: 8, fraction: 23, bias: 127 },
  { width: 8, exponent: 11, fraction: 52, bias: 1023 },
] as const;

const CLASSES = ["integers", "floats", "times", "texts"];
const FLOATS = 1;

function floatsOf(type: Cursor, name: string): Floats {
  const kind = type.unsigned(1) & 0x0f;
  const order = type.unsigned(1) & 0x41;
  type.skip(2);
  const size = type.unsigned(4);
  const format = FORMATS.find(({ width }) => width === size);
  if (kind === FLOATS && format !== undefined && order !== 0x41) {
    const [offset, precision] = [type.unsigned(2), type.unsigned(2)];
    const [exponentAt, exponent] = [type.unsigned(1), type.unsigned(1)];
    const [fractionAt, fraction, bias] = [type.unsigned(1), type.unsigned(1), type.unsigned(4)];
    const found = [offset, precision, exponentAt, exponent, fractionAt, fraction, bias].join();
    const usual = [0, 8 * size, format.fraction, format.exponent, 0, format.fraction, format.bias].join();
    if (found === usual) return { width: format.width, bigEndian: order === 1 };
  }
  throw new Hdf5Error(
    `keeps ${name} as ${kind === FLOATS ? "unusual " : ""}${CLASSES[kind] ?? "something else"} of ${8 * size} bits; expected floats of 16, 32 or 64 bits`,
  );
}

const COMPACT = 0;
const CONTIGUOUS = 1;
const CHUNKED = 2;

async function readBytes(reader: Hdf5Reader, dataset: Hdf5Object, width: number): Promise<Uint8Array> {
  const shape = shapeOf(dataset);
  const length = shape.reduce((product, size) => product * size, width);
  const layout = required(dataset, MESSAGE.layout);
  const [version, storage] = [layout.unsigned(1), layout.unsigned(1)];
  if (storage === CHUNKED && version > 3) throw unsupported("chunks in the manner of the newest HDF5");
  if (version < 3 || version > 4) throw unsupported(`a layout of version ${version}`);
  if (storage === COMPACT) {
    layout.skip(2);
    return layout.bytes(length);
  }
  if (storage === CONTIGUOUS) {
    const address = layout.address();
    if (address === NOWHERE) throw damaged("a dataset has no values");
    return reader.values(address, length);
  }
  if (storage !== CHUNKED) throw unsupported("values kept elsewhere");
  return readChunks(reader, layout, one(dataset, MESSAGE.filters), { shape, width });
}
