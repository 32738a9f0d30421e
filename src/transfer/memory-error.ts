/**
 * What is thrown where the memory does not suffice: what it would take, and what there is enough for.
 * @module
 */
import { ImpastoError } from "../errors.ts";

/** There is too little memory for a picture of some size. */
export class MemoryError extends ImpastoError {
  override readonly name = "MemoryError";

  /** Bytes that it would take. */
  readonly needed: number;

  /** The longest side that there is enough for; absent where no picture is small enough. */
  readonly longestSide: number | undefined;

  constructor(message: string, needed: number, longestSide?: number, options?: ErrorOptions) {
    super(message, options);
    this.needed = needed;
    this.longestSide = longestSide;
  }
}
