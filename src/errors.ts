/**
 * What can go wrong, in two kinds: the request was wrong, or the work failed.
 * Every message names the file or option at fault and says what to do about it.
 * @module
 */

/** The work could not be done: a broken file, a device that is not there, no memory. The command line exits with 1. */
export class ImpastoError extends Error {
  override readonly name: string = "ImpastoError";
}

/** The request itself was wrong: an option, a file name, a combination. The command line exits with 2. */
export class MisuseError extends ImpastoError {
  override readonly name = "MisuseError";
}
