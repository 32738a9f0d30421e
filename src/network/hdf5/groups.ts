/**
 * The groups of an HDF5 file: which objects are in them, and by which names. The names are in a table of symbols (the
 * old way), in the group's own messages, or, when these would be many, in a heap. Links to elsewhere are left out.
 * @module
 */
import { leavesOf } from "./b-tree.ts";
import { heapLinks } from "./heap-links.ts";
import { all, type Hdf5Object, has, MESSAGE, one } from "./objects.ts";
import type { Cursor, Hdf5Reader } from "./reader.ts";

/** The addresses of objects by their names. */
export type Links = Map<string, number>;

/** Whether an object is a group. */
export const isGroup = (object: Hdf5Object): boolean =>
  has(object, MESSAGE.symbolTable) || has(object, MESSAGE.linkInfo);

/**
 * What a group holds.
 * @throws Hdf5Error when that cannot be read.
 */
export async function linksOf(reader: Hdf5Reader, group: Hdf5Object): Promise<Links> {
  const links: Links = new Map();
  const table = one(group, MESSAGE.symbolTable);
  if (table) await addSymbols(links, reader, table.address(), table.address());
  for (const link of all(group, MESSAGE.link)) addLink(links, link);
  const info = one(group, MESSAGE.linkInfo);
  if (info) for await (const link of heapLinks(reader, info)) addLink(links, link);
  return links;
}

const NAMES = { type: 0, keyBytes: 8 } as const;
const SYMBOL_BYTES = 40;
const SOFT_LINK = 2;

async function addSymbols(links: Links, reader: Hdf5Reader, treeAt: number, heapAt: number): Promise<void> {
  const heap = await reader.structure(heapAt, 32);
  heap.signature("HEAP");
  heap.skip(4);
  const size = heap.unsigned(8);
  heap.skip(8);
  const names = await reader.structure(heap.address(), size);
  for await (const { address } of leavesOf(reader, treeAt, NAMES)) {
    const head = await reader.structure(address, 8);
    head.signature("SNOD");
    head.skip(2);
    const symbols = await reader.structure(address + 8, head.unsigned(2) * SYMBOL_BYTES);
    while (symbols.left > 0) {
      const [nameAt, object, cached] = [symbols.unsigned(8), symbols.address(), symbols.unsigned(4)];
      symbols.skip(20);
      if (cached !== SOFT_LINK) links.set(names.textAt(nameAt), object);
    }
  }
}

const HAS_TYPE = 0x08;
const HAS_ORDER = 0x04;
const HAS_ENCODING = 0x10;
const HARD = 0;

function addLink(links: Links, link: Cursor): void {
  link.skip(1);
  const contents = link.unsigned(1);
  const type = contents & HAS_TYPE ? link.unsigned(1) : HARD;
  link.skip((contents & HAS_ORDER ? 8 : 0) + (contents & HAS_ENCODING ? 1 : 0));
  const name = link.text(link.unsigned(2 ** (contents & 3)));
  if (type === HARD) links.set(name, link.address());
}
