/**
 * The B-trees of version 1, in which HDF5 keeps the names of a group and the chunks of a dataset.
 * @module
 */
import { type Cursor, damaged, type Hdf5Reader } from "./reader.ts";

/** A leaf of a tree: where it is, and the key it stands behind. */
export interface Leaf {
  readonly key: Cursor;
  readonly address: number;
}

/** What a tree is of, and how many bytes a key of it has. */
export interface TreeKind {
  readonly type: number;
  readonly keyBytes: number;
}

const ADDRESS_BYTES = 8;

/**
 * The leaves of a tree in order.
 * @param level that of the node at the address; any, for the root.
 * @throws Hdf5Error when a node is not as it should be.
 */
export async function* leavesOf(
  reader: Hdf5Reader,
  address: number,
  kind: TreeKind,
  level?: number,
): AsyncGenerator<Leaf> {
  const head = await reader.structure(address, 24);
  head.signature("TREE");
  const [type, found, used] = [head.unsigned(1), head.unsigned(1), head.unsigned(2)];
  if (type !== kind.type || found !== (level ?? found)) throw damaged("one of its trees is out of order");
  const node = await reader.structure(address + 24, used * (kind.keyBytes + ADDRESS_BYTES));
  for (let index = 0; index < used; index++) {
    const key = node.part(kind.keyBytes);
    const child = node.address();
    if (found === 0) yield { key, address: child };
    else yield* leavesOf(reader, child, kind, found - 1);
  }
}
