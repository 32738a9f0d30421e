/**
 * What can go wrong, in two kinds: the request was wrong, or the work failed.
 * Every message names the file or option at fault and says what to do about it.
 * @module
 */

/** The work could not be done: a broken file, a device that is not there, no memory. The command line exits with 1. */
export class ImpastoError extends Error {
  override readonly name: string = "ImpastoError";
  /** What would help: whoever speaks to a person says how to get it there. */
  readonly lacks: "weights" | undefined;

  constructor(message: string, { lacks, ...options }: ErrorOptions & { lacks?: "weights" | undefined } = {}) {
    super(message, options);
    this.lacks = lacks;
  }
}

/** The request itself was wrong: an option, a file name, a combination. The command line exits with 2. */
export class MisuseError extends ImpastoError {
  override readonly name = "MisuseError";
}

/** What systems, V8 and libraries say when there is no more memory, or address space, to be had. */
const OUT_OF_MEMORY =
  /out of memory|cannot allocate|failed to allocate|allocation failed|bad_alloc|failed to map segment|error creating thread/i;

/** Whether an error, or what caused it, is a lack of memory. */
export const isOutOfMemory = (error: unknown): boolean =>
  error instanceof Error && (OUT_OF_MEMORY.test(error.message) || isOutOfMemory(error.cause));
