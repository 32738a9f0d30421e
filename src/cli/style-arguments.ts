/**
 * Styles as they are written on the command line: a file, with a weight behind a colon if it should not be 1.
 * Colons also stand in file names and behind Windows' drive letters, so a file of the whole name comes first.
 * @module
 */
import { MisuseError } from "../errors.ts";
import { numberFrom } from "./flags.ts";

/** A style picture to be read. */
export interface StyleArgument {
  readonly path: string;
  readonly weight: number;
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
