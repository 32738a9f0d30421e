/**
 * The objects of an HDF5 file, its groups and datasets: an object is a list of messages, written in one of two ways.
 * @module
 */
import { Cursor, damaged, Hdf5Error, type Hdf5Reader, unsupported } from "./reader.ts";

/** The kinds of messages that impasto reads. */
export const MESSAGE = {
  dataspace: 0x01,
  linkInfo: 0x02,
  datatype: 0x03,
  link: 0x06,
  layout: 0x08,
  filters: 0x0b,
  continuation: 0x10,
  symbolTable: 0x11,
} as const;

/** A part of what a file says of an object. */
export interface Message {
  readonly type: number;
  readonly flags: number;
  readonly bytes: Uint8Array;
}

/** A group or a dataset. */
export type Hdf5Object = readonly Message[];

/** Whether there is a message of a type. */
export const has = (object: Hdf5Object, type: number): boolean =>
  object.some((message) => message.type === type);

const SHARED = 0b10;

/** The messages of a type. */
export const all = (object: Hdf5Object, type: number): Cursor[] =>
  object
    .filter((message) => message.type === type)
    .map(({ flags, bytes }) => {
      if (flags & SHARED) throw unsupported("a description that objects share");
      return new Cursor(bytes);
    });

/** The message of a type, if there is one. */
export const one = (object: Hdf5Object, type: number): Cursor | undefined => all(object, type)[0];

/** How every HDF5 file begins. */
export const SIGNATURE = Uint8Array.of(0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a);

/** Bytes between the sizes of addresses and the first address, by the version of the superblock. */
const BEFORE_ADDRESSES = [9, 13, 1, 1] as const;

/**
 * Where the root group is.
 * @throws Hdf5Error when the file has lost its beginning or its end.
 */
export async function rootAddress(reader: Hdf5Reader): Promise<number> {
  const superblock = await reader.structure(0, Math.min(reader.size, 96));
  superblock.skip(SIGNATURE.length);
  const version = superblock.unsigned(1);
  const gap = BEFORE_ADDRESSES[version];
  if (gap === undefined) throw damaged(`it has a superblock of version ${version}`);
  const old = version < 2;
  if (old) superblock.skip(4);
  if (superblock.unsigned(1) !== 8 || superblock.unsigned(1) !== 8)
    throw unsupported("addresses of unusual size");
  superblock.skip(gap);
  if (superblock.address() !== 0) throw unsupported("something else before its beginning");
  superblock.skip(8);
  const end = superblock.address();
  if (end > reader.size) throw new Hdf5Error(`is truncated, ${reader.size} of ${end} bytes; fetch it again`);
  if (old) superblock.skip(16);
  return superblock.address();
}

/**
 * The object at an address.
 * @throws Hdf5Error when there is none.
 */
export async function objectAt(reader: Hdf5Reader, address: number): Promise<Hdf5Object> {
  const version = (await reader.structure(address, 1)).unsigned(1);
  return version === 1 ? oldObject(reader, address) : newObject(reader, address);
}

async function oldObject(reader: Hdf5Reader, address: number): Promise<Hdf5Object> {
  const prefix = await reader.structure(address, 16);
  prefix.skip(8);
  const first = await reader.structure(address + 16, prefix.unsigned(4));
  return messagesFrom(first, (where, length) => reader.structure(where, length), {
    headBytes: 8,
    next(block) {
      const [type, size, flags] = [block.unsigned(2), block.unsigned(2), block.unsigned(1)];
      block.skip(3);
      return { type, flags, bytes: block.bytes(size) };
    },
  });
}

const HAS_TIMES = 0x20;
const HAS_ATTRIBUTE_LIMITS = 0x10;
const HAS_ORDER = 0x04;
const CHECKSUM_BYTES = 4;

async function newObject(reader: Hdf5Reader, address: number): Promise<Hdf5Object> {
  const prefix = await reader.structure(address, 6);
  prefix.signature("OHDR");
  prefix.skip(1);
  const contents = prefix.unsigned(1);
  const sizeAt = address + 6 + (contents & HAS_TIMES ? 16 : 0) + (contents & HAS_ATTRIBUTE_LIMITS ? 4 : 0);
  const sizeBytes = 2 ** (contents & 3);
  const size = (await reader.structure(sizeAt, sizeBytes)).unsigned(sizeBytes);
  const orderBytes = contents & HAS_ORDER ? 2 : 0;
  const blockAt = async (where: number, length: number): Promise<Cursor> => {
    const block = await reader.structure(where, length);
    block.signature("OCHK");
    return block.part(block.left - CHECKSUM_BYTES);
  };
  return messagesFrom(await reader.structure(sizeAt + sizeBytes, size), blockAt, {
    headBytes: 4 + orderBytes,
    next(block) {
      const [type, length, flags] = [block.unsigned(1), block.unsigned(2), block.unsigned(1)];
      block.skip(orderBytes);
      return { type, flags, bytes: block.bytes(length) };
    },
  });
}

/** How messages lie in a block; fewer bytes than a message's head are a gap at its end. */
interface Packing {
  readonly headBytes: number;
  next(block: Cursor): Message;
}

/** The messages of a block and of all that it leads to. */
async function messagesFrom(
  first: Cursor,
  blockAt: (address: number, length: number) => Promise<Cursor>,
  { headBytes, next }: Packing,
): Promise<Message[]> {
  const messages: Message[] = [];
  const blocks = [first];
  for (const block of blocks) {
    while (block.left >= headBytes) {
      const message = next(block);
      messages.push(message);
      if (message.type === MESSAGE.continuation) {
        const further = new Cursor(message.bytes);
        blocks.push(await blockAt(further.address(), further.unsigned(8)));
      }
    }
  }
  return messages;
}
