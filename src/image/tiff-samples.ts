/**
 * The pictures of TIFFs whose numbers libvips takes for something else: floating point, 32 bits, signed numbers and
 * L*a*b*. It is asked for the numbers alone, and what they mean is worked out here.
 * @module
 */

import { ImpastoError } from "../errors.ts";
import { clippingNotes, reachOf } from "./clipping.ts";
import { conversionTo, convertColours, curvedSpace } from "./colour-space.ts";
import type { Profile } from "./icc.ts";
import { openTags, readDirectory } from "./ifd.ts";
import { labToLinear } from "./lab.ts";
import type { Triple } from "./matrix.ts";
import type { Picture, WideProfile } from "./picture.ts";
import type { Size } from "./size.ts";
import { PHOTOMETRIC, TAG, type TiffPage } from "./tiff.ts";

/** Numbers as they are stored. */
export type SampleArray =
  | Uint8Array
  | Uint16Array
  | Uint32Array
  | Int8Array
  | Int16Array
  | Int32Array
  | Float32Array;

/** A picture's numbers, interleaved. */
export interface Samples extends Size {
  readonly values: SampleArray;
  readonly channels: number;
}

const SHORT = 3;

/** Extra samples: alpha that is multiplied in, and alpha that is not. */
const [ASSOCIATED, UNASSOCIATED] = [1, 2];

/** Light itself, not a curve of it. */
const LINEAR = curvedSpace((light) => light);

/** Grey in floating point goes from 0 to 1; where it goes farther than bright light does, from 0 to 255. */
const BRIGHTEST = 16;

/**
 * The same file, its page said to be raw data with no meaning, and alpha said not to be multiplied in: libvips then
 * gives every channel as it is stored.
 */
export function asRawData(bytes: Uint8Array, page: TiffPage): Uint8Array {
  const copy = bytes.slice();
  const file = openTags(copy);
  const entries = file && readDirectory(file, page.at)?.entries;
  if (file === undefined || entries === undefined) return copy;
  const overwrite = (tag: number, value: number): void => {
    const entry = entries.get(tag);
    if (entry?.type !== SHORT) return;
    const count = Math.min(entry.count, page.bits.length);
    // Values that are not there are libvips' to judge.
    if (entry.at + 2 * count > copy.length) return;
    for (let i = 0; i < count; i++) {
      file.view.setUint16(entry.at + 2 * i, value, file.littleEndian);
    }
  };
  overwrite(TAG.photometric, PHOTOMETRIC.linearRaw);
  overwrite(TAG.extraSamples, UNASSOCIATED);
  return copy;
}

/** What numbers mean, and what those of the picture are to mean. */
interface Meaning {
  /** What the file's colour profile means, where it has one. */
  readonly stored: Profile | undefined;
  /** sRGB when absent. */
  readonly wanted: WideProfile | undefined;
}

/**
 * Makes the picture.
 *
 * @param name the file's name, for messages.
 * @throws ImpastoError for a profile that works by tables.
 */
export function pictureOfSamples(samples: Samples, page: TiffPage, meaning: Meaning, name: string): Picture {
  const { width, height, values } = samples;
  const { stored, wanted } = meaning;
  if (stored === "tables" && !isLab(page)) {
    throw new ImpastoError(
      `"${name}" has a colour profile that works by tables, which is read with 8 or 16 bits a channel only; save it with 16`,
    );
  }
  const colours = coloursOf(page.photometric);
  const rgb = isLab(page) ? planesOfLab(samples, page, wanted) : planesOf(samples, page, colours);
  const alpha = alphaOf(samples, page, colours);
  if (alpha !== undefined && page.extraSamples[alphaChannel(page, colours) - colours] === ASSOCIATED) {
    divide(rgb, alpha);
  }
  const notes: string[] = [];
  if (isLab(page)) convertColours(rgb, LINEAR);
  else if (values instanceof Float32Array) notes.push(...convertFloats(rgb, colours, meaning, name));
  else {
    const conversion = conversionTo(wanted, typeof stored === "object" ? stored : "sRGB");
    if (conversion !== undefined) convertColours(rgb, conversion);
    // Colours may be larger than the alpha that they are said to be multiplied with.
    else for (let i = 0; i < rgb.length; i++) rgb[i] = within(rgb[i]);
  }
  return {
    width,
    height,
    rgb,
    ...(alpha === undefined ? {} : { alpha }),
    ...(notes.length === 0 ? {} : { notes }),
  };
}

/** How many channels are colours. */
export const coloursOf = (photometric: number): number => (photometric <= PHOTOMETRIC.minIsBlack ? 1 : 3);

const isLab = ({ photometric }: TiffPage): boolean =>
  photometric === PHOTOMETRIC.lab || photometric === PHOTOMETRIC.iccLab;

/** The first channel that says that it is alpha, else the first beyond the colours. */
function alphaChannel({ extraSamples }: TiffPage, colours: number): number {
  const declared = extraSamples.findIndex((kind) => kind === ASSOCIATED || kind === UNASSOCIATED);
  return colours + Math.max(0, declared);
}

/** The alpha of a picture that has so many channels for its colours; undefined where it is opaque everywhere. */
export function alphaOf(samples: Samples, page: TiffPage, colours: number): Float32Array | undefined {
  if (samples.channels <= colours) return undefined;
  const alpha = planeOf(samples, alphaChannel(page, colours)).map(within);
  return alpha.every((value) => value === 1) ? undefined : alpha;
}

/** One channel: natural and whole numbers over the whole of their range, from 0 to 1; floating point as it is. */
function planeOf({ values, channels, width, height }: Samples, channel: number): Float32Array {
  const [least, most] = rangeOf(values);
  const plane = new Float32Array(width * height);
  for (let i = 0; i < plane.length; i++) {
    plane[i] = (values[i * channels + channel] - least) / (most - least);
  }
  return plane;
}

function rangeOf(values: SampleArray): readonly [least: number, most: number] {
  if (values instanceof Float32Array) return [0, 1];
  const steps = 2 ** (8 * values.BYTES_PER_ELEMENT);
  const isSigned =
    values instanceof Int8Array || values instanceof Int16Array || values instanceof Int32Array;
  return isSigned ? [-steps / 2, steps / 2 - 1] : [0, steps - 1];
}

function planesOf(samples: Samples, { photometric }: TiffPage, colours: number): Float32Array {
  const size = samples.width * samples.height;
  const rgb = new Float32Array(3 * size);
  for (let channel = 0; channel < 3; channel++) {
    const plane = planeOf(samples, Math.min(channel, colours - 1));
    rgb.set(photometric === PHOTOMETRIC.minIsWhite ? plane.map((value) => 1 - value) : plane, channel * size);
  }
  return rgb;
}

/** L*a*b* to linear light of the primaries that are wanted. In whole numbers a* and b* are signed, and in a profile's manner of coding shifted. */
function planesOfLab(
  { values, channels, width, height }: Samples,
  page: TiffPage,
  wanted: WideProfile | undefined,
): Float32Array {
  const size = width * height;
  const rgb = new Float32Array(3 * size);
  const toLinear = labToLinear(wanted);
  const decode = labDecoder(values, page);
  for (let i = 0; i < size; i++) {
    const at = i * channels;
    const light = toLinear(decode([values[at], values[at + 1], values[at + 2]]));
    for (let channel = 0; channel < 3; channel++) rgb[channel * size + i] = light[channel];
  }
  return rgb;
}

/** From stored numbers to L* from 0 to 100, a* and b* (TIFF 6.0, section 23; ICC.1:2022, 6.3.4.2). */
function labDecoder(
  values: SampleArray,
  { photometric }: TiffPage,
): (stored: Triple<number>) => Triple<number> {
  if (values instanceof Float32Array) return (stored) => stored;
  const unit = 2 ** (8 * values.BYTES_PER_ELEMENT - 8);
  const half = 128 * unit;
  const whole = 256 * unit;
  if (photometric === PHOTOMETRIC.iccLab) {
    return ([l, a, b]) => [l / (2.55 * unit), (a - half) / unit, (b - half) / unit];
  }
  const signed = (stored: number): number => (stored < half ? stored : stored - whole) / unit;
  return ([l, a, b]) => [(100 * l) / (whole - 1), signed(a), signed(b)];
}

/** Takes the alpha out that is multiplied in. */
function divide(rgb: Float32Array, alpha: Float32Array): void {
  for (let i = 0; i < rgb.length; i++) {
    const opacity = alpha[i % alpha.length];
    rgb[i] = opacity > 0 ? rgb[i] / opacity : 0;
  }
}

/** Floating point is light itself unless a profile says otherwise. Returns what is to be said about it. */
function convertFloats(
  rgb: Float32Array,
  colours: number,
  { stored, wanted }: Meaning,
  name: string,
): readonly string[] {
  const highest = rgb.reduce(
    (most, value) => (value < Number.POSITIVE_INFINITY && value > most ? value : most),
    0,
  );
  const isByteRange = colours === 1 && highest > BRIGHTEST;
  if (isByteRange) for (let i = 0; i < rgb.length; i++) rgb[i] /= 255;
  const usual = isByteRange ? "sRGB" : LINEAR;
  const conversion = conversionTo(wanted, typeof stored === "object" || stored === "sRGB" ? stored : usual);
  if (conversion !== undefined) convertColours(rgb, conversion);
  else for (let i = 0; i < rgb.length; i++) rgb[i] = within(rgb[i]);
  return isByteRange
    ? [`${reachOf(highest, name)}, so 255 is taken for white.`]
    : clippingNotes(highest, name);
}

/** What is no number becomes 0. */
const within = (value: number): number => (value > 0 ? Math.min(1, value) : 0);
