/**
 * What goes wrong with a mirror, as the rest of a sentence that begins with the mirror's address.
 * @module
 */

/** What to do about a mirror that failed. */
interface MirrorFailure {
  /** Whether it is worth being asked again. */
  readonly again: boolean;
  /** Whether to ask it for the whole file then, since it does not understand what goes on with a part. */
  readonly afresh?: boolean;
}

/** A mirror that failed. */
export class MirrorError extends Error {
  readonly again: boolean;
  readonly afresh: boolean;

  constructor(message: string, { again, afresh = false }: MirrorFailure) {
    super(message);
    this.again = again;
    this.afresh = afresh;
  }
}
