/**
 * Styles as they are written on the command line: a file, with a weight behind a colon if it should not be 1.
 * Colons also stand in file names and behind Windows' drive letters, so a file of the whole name comes first.
 * @module
 */
import { MisuseError } from "../errors.ts";
import type { Crop } from "../image/crop.ts";
import { numberFrom } from "./flags.ts";

/** A style as it is written: a picture, or a folder of them, and how much it counts. */
export interface StyleArgument {
  readonly path: string;
  readonly weight: number;
}

/** A style picture to be read. */
export interface StyleFile extends StyleArgument {
  /** The file that says where it paints. */
  readonly mask?: string;
  readonly crop?: Crop;
}

/**
 * Reads the style arguments.
 * @param exists whether there is anything of that name.
 * @throws MisuseError for a weight that is none, or weights that sum to 0.
 */
export function parseStyles(
  texts: readonly string[],
  exists: (path: string) => boolean,
): readonly StyleArgument[] {
  const styles = texts.map((text) => parseStyle(text, exists));
  if (styles.every(({ weight }) => weight === 0)) {
    throw new MisuseError(
      `The weights of ${texts.map((text) => `"${text}"`).join(", ")} sum to 0: give at least one style a weight above 0.`,
    );
  }
  return styles;
}

function parseStyle(text: string, exists: (path: string) => boolean): StyleArgument {
  const colon = text.lastIndexOf(":");
  if (colon < 1 || exists(text)) return { path: text, weight: 1 };
  const [path, written] = [text.slice(0, colon), text.slice(colon + 1)];
  const weight = numberFrom(written);
  // "C:\missing.jpg" or "missing:name.jpg": the whole is a name, and reading it will say that it is not there.
  if (weight === undefined && !exists(path)) return { path: text, weight: 1 };
  if (weight === undefined || weight < 0 || !Number.isFinite(weight)) {
    throw new MisuseError(
      `Expected a finite number of at least 0 for the weight of "${path}" but received "${written}".`,
    );
  }
  return { path, weight };
}

/**
 * The files of the styles, in their order, each with its mask and the part of it that is looked at. The pictures of a
 * folder share its weight.
 * @param masks one for each style, or none at all.
 * @param crops parts in percent, `left,top,width,height`: one for all, or one for each style.
 * @param picturesIn the pictures in a folder, in order; undefined for what is no folder.
 * @throws MisuseError for another number of masks or parts, for what is no part, and for folders without pictures.
 */
export function styleFiles(
  styles: readonly StyleArgument[],
  masks: readonly string[],
  crops: readonly string[],
  picturesIn: (path: string) => readonly string[] | undefined,
): readonly StyleFile[] {
  if (masks.length > 0 && masks.length !== styles.length) {
    throw new MisuseError(
      `Expected --mask once for each style of a picture, in their order, but received ${masks.length} for ${styles.length}.`,
    );
  }
  if (crops.length > 1 && crops.length !== styles.length) {
    throw new MisuseError(
      `Expected --style-crop once for all styles of a picture, or once for each, but received ${crops.length} for ${styles.length}.`,
    );
  }
  return styles.flatMap(({ path, weight }, index) => {
    const [mask, crop] = [masks[index], crops.length === 1 ? crops[0] : crops[index]];
    const more = {
      ...(mask === undefined ? {} : { mask }),
      ...(crop === undefined ? {} : { crop: parseCrop(crop) }),
    };
    const pictures = picturesIn(path);
    if (pictures === undefined) return [{ path, weight, ...more }];
    if (pictures.length === 0) {
      throw new MisuseError(`There is no picture in the folder "${path}": name one with paintings in it.`);
    }
    return pictures.map((picture) => ({ path: picture, weight: weight / pictures.length, ...more }));
  });
}

/** `10,5,80,90` as parts of the whole. */
function parseCrop(text: string): Crop {
  const numbers = text.split(",").map((part) => numberFrom(part.trim().replace(/%$/, "")));
  const [left, top, width, height] = numbers.map((value) => (value ?? Number.NaN) / 100);
  const inside = (start: number, part: number): boolean => start >= 0 && part > 0 && start + part <= 1 + 1e-9;
  if (numbers.length !== 4 || !inside(left, width) || !inside(top, height)) {
    throw new MisuseError(
      `Expected a part of the painting in percent for --style-crop, as left,top,width,height (10,5,80,90), but received "${text}".`,
    );
  }
  return { left, top, width, height };
}
