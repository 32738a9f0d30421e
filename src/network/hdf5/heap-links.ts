/**
 * The links of an HDF5 group that has many: the messages about them lie in a fractal heap, and a B-tree of version 2
 * says where in it. Read as far as the names of a network's layers go, which is a single node and one table of blocks.
 * @module
 */
import { type Cursor, damaged, type Hdf5Reader, NOWHERE, unsupported } from "./reader.ts";

const HAS_ORDER = 1;

/**
 * The messages about links that a group keeps in a heap; none when it has no heap.
 * @param info the group's message about its links.
 * @throws Hdf5Error when the heap cannot be read.
 */
export async function* heapLinks(reader: Hdf5Reader, info: Cursor): AsyncGenerator<Cursor> {
  info.skip(1);
  if (info.unsigned(1) & HAS_ORDER) info.skip(8);
  const [heapAt, namesAt] = [info.address(), info.address()];
  if (heapAt === NOWHERE) return;
  const heap = await openHeap(reader, heapAt);
  for await (const id of idsOf(reader, namesAt)) yield heap(id);
}

/** The record type of a tree of links by their names. */
const BY_NAME = 5;
const HASH_BYTES = 4;

/** The places in the heap, as the tree's records have them. */
async function* idsOf(reader: Hdf5Reader, address: number): AsyncGenerator<Cursor> {
  const head = await reader.structure(address, 34);
  head.signature("BTHD");
  head.skip(1);
  const type = head.unsigned(1);
  head.skip(4);
  const [recordBytes, depth] = [head.unsigned(2), head.unsigned(2)];
  head.skip(2);
  const [root, count] = [head.address(), head.unsigned(2)];
  if (type !== BY_NAME) throw damaged("the names in a group are out of order");
  if (depth > 0) throw unsupported("a group of very many names");
  if (count === 0) return;
  const leaf = await reader.structure(root, 6 + count * recordBytes);
  leaf.signature("BTLF");
  leaf.skip(2);
  for (let index = 0; index < count; index++) {
    const record = leaf.part(recordBytes);
    record.skip(HASH_BYTES);
    yield record;
  }
}

/** A block of a heap: `from` is the place of its first byte in the heap, `address` that in the file. */
interface Block {
  readonly from: number;
  readonly size: number;
  readonly address: number;
}

const MANAGED = 0;

/** Opens a heap: the result gives what lies at a place in it. */
async function openHeap(reader: Hdf5Reader, address: number): Promise<(place: Cursor) => Promise<Cursor>> {
  const head = await reader.structure(address, 142);
  head.signature("FRHP");
  head.skip(3);
  if (head.unsigned(2) > 0) throw unsupported("compressed names");
  // Counts and sizes of what is in the heap, and of what is free.
  head.skip(101);
  const columns = head.unsigned(2);
  const [firstSize, largestSize] = [head.unsigned(8), head.unsigned(8)];
  const offsetBytes = Math.ceil(head.unsigned(2) / 8);
  head.skip(2);
  const [root, rows] = [head.address(), head.unsigned(2)];
  const blocks: Block[] = rows === 0 ? [{ from: 0, size: firstSize, address: root }] : [];
  if (rows > 0) {
    const table = await reader.structure(root, 13 + offsetBytes + rows * columns * 8);
    table.signature("FHIB");
    table.skip(9 + offsetBytes);
    // The first two rows have blocks of the same size, each further row of twice the size. Beyond the largest size it
    // would be tables of blocks.
    let from = 0;
    for (let row = 0, size = firstSize; row < rows && size <= largestSize; size *= row++ === 0 ? 1 : 2) {
      for (let column = 0; column < columns; column++, from += size) {
        blocks.push({ from, size, address: table.address() });
      }
    }
  }
  return async (place) => {
    if (((place.unsigned(1) >> 4) & 3) !== MANAGED) throw unsupported("very long names");
    const [offset, length] = [place.unsigned(offsetBytes), place.unsigned(place.left)];
    const block = blocks.find(({ from, size }) => from <= offset && offset < from + size);
    if (block === undefined) throw unsupported("a group of very many names");
    return reader.structure(block.address + offset - block.from, length);
  };
}
