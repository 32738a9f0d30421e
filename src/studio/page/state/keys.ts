/**
 * What keys do. They are off where somebody writes, but for those with Ctrl or ⌘ that no text needs.
 * @module
 */

/** What a key may ask for. */
export type Command =
  | "paint"
  | "stop"
  | "leave"
  | "save"
  | "undo"
  | "brush"
  | "erase"
  | "narrower"
  | "wider"
  | "compare"
  | "original"
  | "fit"
  | "full-size"
  | "keys";

/** A key as it was pressed. */
export interface KeyPress {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
}

/** A line of the list of keys. */
export interface KeyHelp {
  readonly keys: readonly string[];
  readonly does: string;
}

const PLAIN: Readonly<Record<string, Command>> = {
  b: "brush",
  e: "erase",
  "[": "narrower",
  "]": "wider",
  c: "compare",
  o: "original",
  "0": "fit",
  "1": "full-size",
  "?": "keys",
};

const WITH_CONTROL: Readonly<Record<string, Command>> = { enter: "paint", ".": "stop", s: "save", z: "undo" };

/** What a key asks for. */
export function commandOf(press: KeyPress, writing: boolean): Command | undefined {
  const key = press.key.toLowerCase();
  if (key === "escape") return "leave";
  if (press.altKey) return undefined;
  if (press.ctrlKey || press.metaKey) {
    const command = WITH_CONTROL[key];
    return writing && command === "undo" ? undefined : command;
  }
  return writing ? undefined : PLAIN[key];
}

/** The list, as `?` shows it. @param control the name of the key: "Ctrl" or "⌘". */
export const keyHelp = (control: string): readonly KeyHelp[] => [
  { keys: [`${control} Enter`], does: "Paint" },
  { keys: [`${control} .`], does: "Stop" },
  { keys: [`${control} S`], does: "Save the picture" },
  { keys: [`${control} Z`], does: "Undo" },
  { keys: ["B"], does: "Brush" },
  { keys: ["E"], does: "Erase" },
  { keys: ["[", "]"], does: "Narrower or wider brush" },
  { keys: ["Esc"], does: "Leave the brush or a dialog" },
  { keys: ["C"], does: "Compare with the photograph" },
  { keys: ["O"], does: "Hold to see the photograph" },
  { keys: ["0"], does: "Fit" },
  { keys: ["1"], does: "One pixel as one pixel" },
  { keys: [`${control} wheel`], does: "Zoom" },
  { keys: ["Space drag"], does: "Move the picture" },
  { keys: ["?"], does: "These keys" },
];
