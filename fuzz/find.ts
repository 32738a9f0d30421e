/**
 * What was found, kept in a folder: the input as it was, what came of it, and the command that gives it to the product
 * again.
 * @module
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import type { Kind } from "./kind.ts";
import type { FindKind } from "./watched-child.ts";

/** A find. */
export interface Found {
  readonly kind: Kind;
  readonly seed: number;
  /** Which of the seed's inputs it is. */
  readonly index: number;
  readonly verdict: FindKind;
  readonly what: string;
  /** Whether a fresh child finds it, too: else it takes what came before. */
  readonly confirmed: boolean;
  readonly bytes: Uint8Array;
}

const noteSchema = z.object({ kind: z.string(), input: z.string() });

/** Keeps a find. @returns its folder. */
export function keepFind(folder: string, { kind, bytes, seed, index, ...found }: Found): string {
  const own = join(folder, `${kind.name}-${seed}-${index}`);
  const input = `input${kind.extension}`;
  mkdirSync(own, { recursive: true });
  writeFileSync(join(own, input), bytes);
  const note = { kind: kind.name, seed, index, input, ...found, replay: `npm run fuzz -- --replay ${own}` };
  writeFileSync(join(own, "find.json"), `${JSON.stringify(note, undefined, 2)}\n`);
  return own;
}

/** Reads one back. */
export function readFind(folder: string): { readonly kind: string; readonly bytes: Uint8Array } {
  const { kind, input } = noteSchema.parse(JSON.parse(readFileSync(join(folder, "find.json"), "utf8")));
  return { kind, bytes: readFileSync(join(folder, input)) };
}
