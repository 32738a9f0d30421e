/**
 * The colours of a PNG as its own chunks give them (PNG specification, third edition, 4.3): `cICP` before a profile,
 * `sRGB`, and then `gAMA` with `cHRM`.
 * @module
 */

import { codedSpace } from "./cicp.ts";
import {
  type Chromaticity,
  type ColourSpace,
  type Curve,
  type Primaries,
  SRGB_PRIMARIES,
  spaceOf,
  srgbToLinear,
} from "./colour-space.ts";
import { pngChunks } from "./png-chunks.ts";

/** `gAMA` and `cHRM` count in these. */
const UNIT = 100_000;

/** Gammas nearer to 1/2.2 than this stand for sRGB's curve, as libpng has it. */
const GAMMA_TOLERANCE = 0.05;

/** Gammas beyond these are nonsense. */
const GAMMA_RANGE = [0.1, 10] as const;

/** Farther off than rounding goes. */
const CHROMATICITY_TOLERANCE = 0.001;

/** What the chunks of a PNG say. */
interface PngColour {
  /** Stands above a profile. */
  readonly coded?: ColourSpace | "sRGB";
  /** Holds where there is no profile. Absent for sRGB. */
  readonly otherwise?: ColourSpace;
}

/** Reads the chunks of a PNG before the picture's data. */
export function readPngColour(bytes: Uint8Array): PngColour {
  const chunks = chunksOf(bytes);
  const cicp = chunks.get("cICP");
  // Video's narrow range is not for photographs.
  if (cicp?.byteLength === 4 && cicp.getUint8(2) === 0 && cicp.getUint8(3) === 1) {
    return { coded: codedSpace(cicp.getUint8(0), cicp.getUint8(1)) ?? "sRGB" };
  }
  if (chunks.has("sRGB")) return {};
  const curve = curveOf(chunks.get("gAMA"));
  const primaries = primariesOf(chunks.get("cHRM"));
  if (curve === undefined && primaries === undefined) return {};
  const space = spaceOf(primaries ?? SRGB_PRIMARIES, curve ?? srgbToLinear);
  return space.matrix.flat().every(Number.isFinite) ? { otherwise: space } : {};
}

/** The first chunk of each kind before the data. */
function chunksOf(bytes: Uint8Array): ReadonlyMap<string, DataView> {
  const chunks = new Map<string, DataView>();
  for (const { type, data } of pngChunks(bytes)) {
    if (type === "IDAT") break;
    if (!chunks.has(type)) chunks.set(type, new DataView(data.buffer, data.byteOffset, data.byteLength));
  }
  return chunks;
}

/** Undefined for sRGB's curve and for what makes no sense. */
function curveOf(chunk: DataView | undefined): Curve | undefined {
  if (chunk?.byteLength !== 4) return undefined;
  const gamma = chunk.getUint32(0) / UNIT;
  const usual = Math.abs(2.2 * gamma - 1) < GAMMA_TOLERANCE;
  if (usual || gamma < GAMMA_RANGE[0] || gamma > GAMMA_RANGE[1]) return undefined;
  return (value) => value ** (1 / gamma);
}

/** Undefined for sRGB's primaries. */
function primariesOf(chunk: DataView | undefined): Primaries | undefined {
  if (chunk?.byteLength !== 32) return undefined;
  const at = (offset: number): Chromaticity => [
    chunk.getUint32(offset) / UNIT,
    chunk.getUint32(offset + 4) / UNIT,
  ];
  const primaries = { white: at(0), red: at(8), green: at(16), blue: at(24) };
  const isNear = (found: Chromaticity, usual: Chromaticity): boolean =>
    found.every((value, i) => Math.abs(value - usual[i]) < CHROMATICITY_TOLERANCE);
  const { white, red, green, blue } = SRGB_PRIMARIES;
  const usual =
    isNear(primaries.white, white) &&
    isNear(primaries.red, red) &&
    isNear(primaries.green, green) &&
    isNear(primaries.blue, blue);
  return usual ? undefined : primaries;
}
