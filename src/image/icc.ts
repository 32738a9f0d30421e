/**
 * What a colour profile says: by its numbers, not its name, since every maker words the name differently and some
 * names lie. Reads primaries and curves; profiles made of tables are left to others.
 * Layout: ICC.1:2022, sections 7 (tags), 10.6 (curv), 10.18 (para) and 10.31 (XYZ), annex F (use).
 * @module
 */

import { type ColourSpace, type Curve, curvedSpace, D50_XYZ, isSrgbCurve, srgbFrom } from "./colour-space.ts";
import { luminanceOf } from "./lab.ts";
import { multiply, type Triple, transpose } from "./matrix.ts";

/** What a profile means. */
export type Profile =
  | ColourSpace
  /** sRGB itself, or grey with its curve: to convert from it would only add rounding. */
  | "sRGB"
  /** It works by tables. */
  | "tables"
  /** Damaged, or for another kind of picture. */
  | "unusable";

/** sRGB's primaries adapted to D50, as profiles state them. */
const SRGB_COLUMNS = [
  [0.4361, 0.2225, 0.0139],
  [0.3851, 0.7169, 0.0971],
  [0.1431, 0.0606, 0.7141],
] as const;

/** Makers round differently; Adobe RGB and P3 are further off than this by a factor of fifteen. */
const PRIMARY_TOLERANCE = 0.002;

/** White that is much darker or brighter than white is nonsense. */
const WHITE_RANGE = [0.5, 2] as const;

/** Header 128 bytes, tag count 4, then 12 bytes a tag. */
const TAGS_AT = 132;
const TAGS_AT_MOST = 200;

/** A table with an entry for every value of 16 bits says all that there is to say. */
const ENTRIES_AT_MOST = 65_536;

/**
 * Reads a profile.
 *
 * @param bytes an ICC profile.
 * @param colours of the picture that carries it: 1 or 3.
 */
export function readProfile(bytes: Uint8Array, colours: number): Profile {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  try {
    const kind = text(view, 16);
    if (kind !== (colours === 1 ? "GRAY" : "RGB ")) return "unusable";
    const tags = tagsOf(view);
    // A profile with tables is used through them; its primaries then say little.
    if (tags.has("A2B0") || tags.has("A2B1")) return "tables";
    return colours === 1 ? readGrey(view, tags) : readColours(view, tags);
  } catch (error) {
    if (error instanceof RangeError) return "unusable"; // reading past the end
    throw error;
  }
}

type Tags = ReadonlyMap<string, number>;

function readColours(view: DataView, tags: Tags): Profile {
  const [red, green, blue] = ["r", "g", "b"].map((colour) => ({
    curve: curveAt(view, tags.get(`${colour}TRC`)),
    xyz: xyzAt(view, tags.get(`${colour}XYZ`)),
  }));
  const columns = [red.xyz, green.xyz, blue.xyz] as const;
  const curves = [red.curve, green.curve, blue.curve] as const;
  const isNear = (xyz: Triple<number>, column: number): boolean =>
    xyz.every((value, i) => Math.abs(value - SRGB_COLUMNS[column][i]) < PRIMARY_TOLERANCE);
  if (columns.every(isNear) && curves.every(isSrgbCurve)) return "sRGB";
  const white = red.xyz[1] + green.xyz[1] + blue.xyz[1];
  if (white < WHITE_RANGE[0] || white > WHITE_RANGE[1]) return "unusable";
  return { curves, matrix: multiply(srgbFrom(D50_XYZ), transpose(columns)) };
}

function readGrey(view: DataView, tags: Tags): Profile {
  const curve = curveAt(view, tags.get("kTRC"));
  if (text(view, 20) === "Lab ") return curvedSpace((value) => luminanceOf(100 * curve(value)));
  return isSrgbCurve(curve) ? "sRGB" : curvedSpace(curve);
}

/** Tag signatures and where their data begins. */
function tagsOf(view: DataView): Tags {
  const count = Math.min(view.getUint32(128), TAGS_AT_MOST);
  const entries = Array.from({ length: count }, (_, i) => TAGS_AT + 12 * i);
  return new Map(entries.map((at) => [text(view, at), view.getUint32(at + 4)]));
}

function text(view: DataView, at: number): string {
  return String.fromCharCode(...[0, 1, 2, 3].map((i) => view.getUint8(at + i)));
}

/** s15Fixed16Number. */
function fixed(view: DataView, at: number): number {
  return view.getInt32(at) / 65_536;
}

function xyzAt(view: DataView, at: number | undefined): Triple<number> {
  if (at === undefined) throw new RangeError("a primary is missing");
  return [fixed(view, at + 8), fixed(view, at + 12), fixed(view, at + 16)];
}

/** Reads a curve whole, so that what is cut short is found out at once. */
function curveAt(view: DataView, at: number | undefined): Curve {
  const kind = at === undefined ? "" : text(view, at);
  if (at !== undefined && kind === "curv") return tableAt(view, at);
  if (at !== undefined && kind === "para") return formulaAt(view, at);
  throw new RangeError("a curve is missing, or of a kind that does not exist");
}

function tableAt(view: DataView, at: number): Curve {
  const count = view.getUint32(at + 8);
  if (count === 0) return (x) => x;
  if (count === 1) {
    const gamma = view.getUint16(at + 12) / 256;
    return (x) => x ** gamma;
  }
  if (count > ENTRIES_AT_MOST) throw new RangeError("the table is too long");
  const entries = Float64Array.from({ length: count }, (_, i) => view.getUint16(at + 12 + 2 * i) / 65_535);
  return (x) => {
    const position = x * (count - 1);
    const low = Math.min(Math.floor(position), count - 2);
    return entries[low] + (entries[low + 1] - entries[low]) * (position - low);
  };
}

/** How many parameters each function type has, g a b c d e f. */
const PARAMETERS = [1, 3, 4, 5, 7] as const;

/** (ax + b)^g + offset from some place on, and a line below it. */
function formulaAt(view: DataView, at: number): Curve {
  const kind = view.getUint16(at + 8);
  const count = PARAMETERS[kind];
  if (count === undefined) throw new RangeError("there is no such function");
  const [g, a = 1, b = 0, c = 0, d = 0, e = 0, f = 0] = Array.from({ length: count }, (_, i) =>
    fixed(view, at + 12 + 4 * i),
  );
  const power = (x: number): number => Math.max(0, a * x + b) ** g;
  if (kind === 0) return power;
  if (kind < 3) return (x) => (x >= -b / a ? power(x) : 0) + c;
  return (x) => (x >= d ? power(x) + e : c * x + f);
}
