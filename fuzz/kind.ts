/**
 * What the harness has to know of a kind of input: where its files begin, how they are changed, and who reads them. Inputs
 * are made in the harness's own process and given to the product in a child.
 * @module
 */
import type { Random } from "../training/random.ts";

/** What the product made of an input: both are right, so long as it says so in its own way. */
export type Verdict = "taken" | "refused";

/**
 * Gives an input to the product.
 * @throws ImpastoError where the product refuses it, which is as it should be; anything else is a find.
 */
export type Give = (bytes: Uint8Array) => Promise<Verdict>;

/** A kind of input. */
export interface Kind {
  readonly name: string;
  /** Of its files, with the dot. */
  readonly extension: string;
  /** How much more often than others it is tried. */
  readonly share: number;
  /** Sound files, which inputs are made of. */
  seeds(): Promise<readonly Uint8Array[]>;
  /** Makes an input of them. The same random numbers give the same bytes. */
  input(seeds: readonly Uint8Array[], random: Random): Uint8Array;
  /** Gets ready, in the child. @param folder empty, and its own. */
  open(folder: string): Promise<Give>;
}

/** Something that the product may not do, whoever asked for it. */
export class Find extends Error {
  override readonly name = "Find";
}

/** One of several. @throws RangeError where there are none. */
export function oneOf<T>(items: readonly T[], random: Random): T {
  const item = items[random.below(Math.max(1, items.length))];
  if (item === undefined) throw new RangeError("Expected at least one to choose from.");
  return item;
}
