/**
 * Commands as a person can paste them: quoted for POSIX shells, and with file names that cannot be taken for anything
 * else. Nothing is run here.
 * @module
 */

import { CONTROLS, printable } from "./printable.ts";

/** What no shell sees more in than letters. */
const PLAIN = /^[\w@%+=:,./-]+$/;

/**
 * Quotes one word for sh, bash and zsh. Control characters need bash's `$'…'`.
 * @example quoteWord("it's.jpg") // 'it'\''s.jpg'
 */
export function quoteWord(word: string): string {
  if (PLAIN.test(word)) return word;
  // What a terminal would act on when it is pasted, even between quotes.
  if (printable(word) === word) return `'${word.replaceAll("'", "'\\''")}'`;
  const escaped = word.replaceAll(/[\\']/g, "\\$&").replaceAll(CONTROLS, escapeControl);
  return `$'${escaped}'`;
}

/** Byte by byte in UTF-8, and in octal, which ends by itself after three digits. */
const escapeControl = (character: string): string =>
  [...Buffer.from(character)].map((byte) => `\\${byte.toString(8).padStart(3, "0")}`).join("");

/** A file's name that is neither a flag nor the name of a command. */
export const namedAsFile = (path: string): string => (/^-|^[^./\\]+$/.test(path) ? `./${path}` : path);

/** The command line that runs impasto on a photograph and a painting. */
export const writeCommand = (photo: string, painting: string, flags: readonly string[]): string =>
  ["impasto", namedAsFile(photo), namedAsFile(painting), ...flags].map(quoteWord).join(" ");
