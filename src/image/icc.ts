/**
 * Recognises colour profiles that say what impasto assumes anyway: sRGB, or grey with sRGB's curve. By
 * their numbers, not their names, since every maker words the name differently and some names lie.
 * Layout: ICC.1:2022, sections 7 (tags), 10.6 (curv), 10.18 (para) and 10.31 (XYZ).
 * @module
 */

/** sRGB's primaries adapted to D50, as profiles state them. */
const PRIMARIES = [
  ["rXYZ", [0.4361, 0.2225, 0.0139]],
  ["gXYZ", [0.3851, 0.7169, 0.0971]],
  ["bXYZ", [0.1431, 0.0606, 0.7141]],
] as const;

/** Makers round differently; Adobe RGB and P3 are further off than this by a factor of fifteen. */
const PRIMARY_TOLERANCE = 0.002;

/** A plain gamma of 2.2, the nearest stranger, is off by 0.004 in the middle. */
const CURVE_TOLERANCE = 0.0015;

/** Header 128 bytes, tag count 4, then 12 bytes a tag. */
const TAGS_AT = 132;
const TAGS_AT_MOST = 200;

/**
 * Whether a profile describes sRGB itself, so that converting from it would only add rounding.
 *
 * @param profile the bytes of an ICC profile; a damaged one is not sRGB.
 */
export function isSrgbProfile(profile: Uint8Array): boolean {
  const view = new DataView(profile.buffer, profile.byteOffset, profile.byteLength);
  try {
    const tags = tagsOf(view);
    // A profile with tables is used through them; its primaries then say little.
    if (tags.has("A2B0") || tags.has("A2B1")) return false;
    switch (text(view, 16)) {
      case "RGB ":
        return (
          PRIMARIES.every(([tag, xyz]) => isNear(view, tags.get(tag), xyz)) &&
          ["rTRC", "gTRC", "bTRC"].every((tag) => hasSrgbCurve(view, tags.get(tag)))
        );
      case "GRAY":
        return hasSrgbCurve(view, tags.get("kTRC"));
      default:
        return false;
    }
  } catch (error) {
    if (error instanceof RangeError) return false; // reading past the end
    throw error;
  }
}

/** Tag signatures and where their data begins. */
function tagsOf(view: DataView): Map<string, number> {
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

function isNear(view: DataView, at: number | undefined, xyz: readonly number[]): boolean {
  if (at === undefined) return false;
  return xyz.every((value, i) => Math.abs(fixed(view, at + 8 + 4 * i) - value) < PRIMARY_TOLERANCE);
}

function hasSrgbCurve(view: DataView, at: number | undefined): boolean {
  if (at === undefined) return false;
  const samples = Array.from({ length: 33 }, (_, i) => i / 32);
  return samples.every((x) => Math.abs(curveAt(view, at, x) - srgbToLinear(x)) < CURVE_TOLERANCE);
}

/** The value at `x` of the curve stored at `at`: NaN, near nothing, for a kind that does not exist. */
function curveAt(view: DataView, at: number, x: number): number {
  if (text(view, at) === "curv") return tableAt(view, at, x);
  if (text(view, at) === "para") return formulaAt(view, at, x);
  return Number.NaN;
}

function tableAt(view: DataView, at: number, x: number): number {
  const count = view.getUint32(at + 8);
  if (count === 0) return x;
  if (count === 1) return x ** (view.getUint16(at + 12) / 256);
  const position = x * (count - 1);
  const low = Math.min(Math.floor(position), count - 2);
  const entry = (i: number): number => view.getUint16(at + 12 + 2 * i) / 65_535;
  return entry(low) + (entry(low + 1) - entry(low)) * (position - low);
}

/** Function types 3 and 4: (ax + b)^g + e from d on, cx + f below. sRGB needs no other. */
function formulaAt(view: DataView, at: number, x: number): number {
  const kind = view.getUint16(at + 8);
  if (kind !== 3 && kind !== 4) return Number.NaN;
  const [g, a, b, c, d] = [0, 1, 2, 3, 4].map((i) => fixed(view, at + 12 + 4 * i));
  const [e, f] = kind === 4 ? [fixed(view, at + 32), fixed(view, at + 36)] : [0, 0];
  if (g === undefined || a === undefined || b === undefined || c === undefined || d === undefined) {
    return Number.NaN;
  }
  return x >= d ? (a * x + b) ** g + e : c * x + f;
}

/** IEC 61966-2-1. */
function srgbToLinear(x: number): number {
  return x <= 0.04045 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4;
}
