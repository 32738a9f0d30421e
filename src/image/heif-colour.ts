/**
 * The colours of an AVIF as its `nclx` box gives them: boxes within boxes (ISO/IEC 14496-12), the primary picture's
 * properties among them (ISO/IEC 23008-12, 9.3).
 * @module
 */

import { codedSpace } from "./cicp.ts";
import type { ColourSpace } from "./colour-space.ts";

/** A length and a type, then version and flags where there are any. */
const HEADER = 8;
const FULL_HEADER = 12;

/** More boxes side by side than these are not looked at. */
const BOXES_AT_MOST = 4096;

interface Box {
  readonly type: string;
  readonly view: DataView;
}

/** Reads the space that the primary picture is coded in; undefined for sRGB, and where nothing is said. */
export function readHeifColour(bytes: Uint8Array): ColourSpace | undefined {
  try {
    const file = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const meta = boxesIn(file, 0).find(({ type }) => type === "meta");
    const inMeta = meta === undefined ? [] : boxesIn(meta.view, FULL_HEADER);
    const primary = inMeta.find(({ type }) => type === "pitm");
    const properties = inMeta.find(({ type }) => type === "iprp");
    if (primary === undefined || properties === undefined) return undefined;
    const inProperties = boxesIn(properties.view, HEADER);
    const container = inProperties.find(({ type }) => type === "ipco");
    const associations = inProperties.find(({ type }) => type === "ipma");
    if (container === undefined || associations === undefined) return undefined;
    const all = boxesIn(container.view, HEADER);
    const own = propertiesOf(itemIn(primary.view, FULL_HEADER), associations.view).map((i) => all[i - 1]);
    const coded = own.find((box) => box?.type === "colr" && typeAt(box.view, HEADER) === "nclx");
    return coded && codedSpace(coded.view.getUint16(HEADER + 4), coded.view.getUint16(HEADER + 6));
  } catch (error) {
    if (error instanceof RangeError) return undefined; // reading past the end
    throw error;
  }
}

/** The boxes from some place to the end. */
function boxesIn(view: DataView, from: number): readonly Box[] {
  const boxes: Box[] = [];
  for (let at = from; at + HEADER <= view.byteLength && boxes.length < BOXES_AT_MOST; ) {
    const length = view.getUint32(at);
    // 0: to the end; 1: of 64 bits, which only the picture's data have.
    if (length < HEADER || at + length > view.byteLength) break;
    boxes.push({ type: typeAt(view, at + 4), view: new DataView(view.buffer, view.byteOffset + at, length) });
    at += length;
  }
  return boxes;
}

const typeAt = (view: DataView, at: number): string =>
  String.fromCharCode(...[0, 1, 2, 3].map((i) => view.getUint8(at + i)));

const versionOf = (view: DataView): number => view.getUint8(HEADER);

/** The number of the primary picture, of 16 bits or, in later versions, of 32. */
const itemIn = (view: DataView, at: number): number =>
  versionOf(view) === 0 ? view.getUint16(at) : view.getUint32(at);

/** Which properties a picture has, counted from 1. */
function propertiesOf(item: number, view: DataView): readonly number[] {
  const itemBytes = versionOf(view) === 0 ? 2 : 4;
  const indexBytes = (view.getUint8(FULL_HEADER - 1) & 1) + 1;
  const entries = view.getUint32(FULL_HEADER);
  let at = FULL_HEADER + 4;
  for (let entry = 0; entry < entries; entry++) {
    const found = itemIn(view, at);
    const count = view.getUint8(at + itemBytes);
    at += itemBytes + 1;
    if (found === item) {
      return Array.from({ length: count }, (_, i) =>
        indexBytes === 1 ? view.getUint8(at + i) & 0x7f : view.getUint16(at + 2 * i) & 0x7fff,
      );
    }
    at += count * indexBytes;
  }
  return [];
}
