/**
 * Text that may hold anything, made fit for a terminal: what would move its cursor, change its colours or turn its
 * letters around is shown as `\u001b`, not obeyed. File names, recipes and servers' words all come from elsewhere.
 * @module
 */

/** C0, DEL and C1, the separators of lines and paragraphs, and the marks that change the direction of writing. */
export const CONTROLS = /[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu;

const escapeControl = (character: string): string =>
  `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;

/** One line for a terminal. */
export const printable = (text: string): string => text.replaceAll(CONTROLS, escapeControl);

/** Several lines for a terminal. */
export const printableLines = (text: string): string => text.split("\n").map(printable).join("\n");

/** A value as JSON that means the same and that a terminal may be shown. @param indent spaces; one line without them. */
export const printableJson = (value: unknown, indent = 0): string =>
  printableLines(JSON.stringify(value, null, indent));
