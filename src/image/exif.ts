/**
 * What a camera says of its colours in EXIF. Cameras set to Adobe RGB embed no profile: DCF 2.0 has them write "R03"
 * into the directory of interoperability (Exif 2.3, 4.6.7).
 * @module
 */

import { type ColourSpace, D65, spaceOf } from "./colour-space.ts";
import { numbersOf, openTags, readDirectory } from "./ifd.ts";

const EXIF_DIRECTORY = 0x8769;
const COLOUR_SPACE = 0xa001;
const INTEROPERABILITY_DIRECTORY = 0xa005;
const INTEROPERABILITY_INDEX = 0x0001;

const SRGB = 1;
const ADOBE_RGB = "R03";

/** Six bytes that JPEG puts before the block. */
const PREFIX = "Exif\0\0";

/** Whether a camera says that it wrote Adobe RGB. */
export function isAdobeRgb(exif: Uint8Array): boolean {
  const prefixed = [...PREFIX].every((character, i) => exif[i] === character.charCodeAt(0));
  const file = openTags(prefixed ? exif.subarray(PREFIX.length) : exif);
  const main = file && readDirectory(file, file.first);
  if (file === undefined || main === undefined) return false;
  const [exifAt = 0] = numbersOf(file, main, EXIF_DIRECTORY);
  const details = readDirectory(file, exifAt);
  if (details === undefined || numbersOf(file, details, COLOUR_SPACE)[0] === SRGB) return false;
  const [interoperabilityAt = 0] = numbersOf(file, details, INTEROPERABILITY_DIRECTORY);
  const directory = readDirectory(file, interoperabilityAt);
  const index = directory === undefined ? [] : numbersOf(file, directory, INTEROPERABILITY_INDEX);
  return String.fromCharCode(...index.slice(0, 3)) === ADOBE_RGB;
}

/** Adobe RGB (1998), 4.3.1. */
export const adobeRgb = (): ColourSpace =>
  spaceOf(
    { red: [0.64, 0.33], green: [0.21, 0.71], blue: [0.15, 0.06], white: D65 },
    (x) => x ** (563 / 256),
  );
