/**
 * Directories of tags, as TIFF, BigTIFF and EXIF have them (TIFF 6.0, section 2). Reads any bytes, a few numbers of a
 * tag at most, and trusts nothing that they say.
 * @module
 */

/** A file or block of directories. */
export interface TagFile {
  readonly view: DataView;
  readonly littleEndian: boolean;
  /** BigTIFF: offsets and counts of 64 bits. */
  readonly big: boolean;
  /** Where the first directory is. */
  readonly first: number;
}

/** One tag of a directory. */
interface Entry {
  readonly type: number;
  readonly count: number;
  /** Where the values are. */
  readonly at: number;
}

/** One directory. */
export interface Directory {
  readonly entries: ReadonlyMap<number, Entry>;
  /** Where the next one is; 0 after the last. */
  readonly next: number;
}

/** Bytes of a value of each type: BYTE, ASCII, SHORT, LONG, LONG8 and their like. */
const TYPE_BYTES: Readonly<Record<number, number>> = {
  1: 1,
  2: 1,
  3: 2,
  4: 4,
  5: 8,
  6: 1,
  7: 1,
  8: 2,
  9: 4,
  10: 8,
  11: 4,
  12: 8,
  13: 4,
  16: 8,
  17: 8,
  18: 8,
};

/** More tags of a directory than these nobody writes. */
const ENTRIES_AT_MOST = 1024;

/** More values of a tag than these nobody asks for. */
const VALUES_AT_MOST = 64;

/** Reads the header; undefined for anything else. */
export function openTags(bytes: Uint8Array): TagFile | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.byteLength < 16) return undefined;
  const order = view.getUint16(0);
  if (order !== 0x4949 && order !== 0x4d4d) return undefined;
  const littleEndian = order === 0x4949;
  const version = view.getUint16(2, littleEndian);
  if (version !== 42 && version !== 43) return undefined;
  const big = version === 43;
  const file = { view, littleEndian, big, first: 0 };
  return { ...file, first: big ? uint64(file, 8) : view.getUint32(4, littleEndian) };
}

/** Reads a directory; undefined where there is none, or not all of it. */
export function readDirectory(file: TagFile, at: number): Directory | undefined {
  const { view, littleEndian, big } = file;
  const [countBytes, wordBytes] = big ? [8, 8] : [2, 4];
  if (at < 8 || at + countBytes > view.byteLength) return undefined;
  const count = big ? uint64(file, at) : view.getUint16(at, littleEndian);
  const entryBytes = 4 + 2 * wordBytes;
  const end = at + countBytes + count * entryBytes;
  if (end > view.byteLength) return undefined;
  const entries = new Map<number, Entry>();
  const last = Math.min(end, at + countBytes + ENTRIES_AT_MOST * entryBytes);
  for (let entry = at + countBytes; entry < last; entry += entryBytes) {
    const type = view.getUint16(entry + 2, littleEndian);
    const values = word(file, entry + 4);
    const place = entry + 4 + wordBytes;
    const inside = values * (TYPE_BYTES[type] ?? 0) <= wordBytes;
    entries.set(view.getUint16(entry, littleEndian), {
      type,
      count: values,
      at: inside ? place : word(file, place),
    });
  }
  // EXIF blocks may end without it.
  return { entries, next: end + wordBytes <= view.byteLength ? word(file, end) : 0 };
}

/** The whole numbers of a tag, the first few of them; none where it is absent, of another type, or cut short. */
export function numbersOf(file: TagFile, { entries }: Directory, tag: number): readonly number[] {
  const entry = entries.get(tag);
  if (entry === undefined) return [];
  const size = TYPE_BYTES[entry.type] ?? 0;
  const count = Math.min(entry.count, VALUES_AT_MOST);
  if (entry.at + count * size > file.view.byteLength) return [];
  return Array.from({ length: count }, (_, i) => numberAt(file, entry.type, entry.at + i * size)).filter(
    (value) => value !== undefined,
  );
}

function numberAt(file: TagFile, type: number, at: number): number | undefined {
  switch (type) {
    case 1:
    case 2:
    case 7:
      return file.view.getUint8(at);
    case 3:
      return file.view.getUint16(at, file.littleEndian);
    case 4:
    case 13:
      return file.view.getUint32(at, file.littleEndian);
    case 16:
    case 18:
      return uint64(file, at);
    default:
      return undefined;
  }
}

const word = (file: TagFile, at: number): number =>
  file.big ? uint64(file, at) : file.view.getUint32(at, file.littleEndian);

/** Beyond 2^53 it is not exact, and past the end of any file. */
const uint64 = ({ view, littleEndian }: TagFile, at: number): number =>
  Number(view.getBigUint64(at, littleEndian));
