/**
 * Work that a signal may stop in its midst.
 * @module
 */

/** What the work gives, or undefined where it was the signal that stopped it. */
export async function unlessAborted<Result>(
  work: Promise<Result>,
  signal: AbortSignal | undefined,
): Promise<Result | undefined> {
  try {
    return await work;
  } catch (error) {
    if (signal?.aborted && error === signal.reason) return undefined;
    throw error;
  }
}
