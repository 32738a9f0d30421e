/**
 * Work on a file that one process at a time may do, be the others on this machine or on another that shares the folder.
 * @module
 */
import { setTimeout as sleep } from "node:timers/promises";
import { ImpastoError } from "../errors.ts";

const RETRY_MILLISECONDS = 500;

/** How to wait for others. */
interface LockOptions {
  readonly signal?: AbortSignal;
  /** Called once if another process works on the file. */
  readonly onWait: () => void;
}

/**
 * Does the work when no other process does; a process that has ended in the meantime holds nobody up for long.
 * @param work is given a signal that fires with the outer one, or when the lock was lost because this process stood still.
 * @throws The signal's reason, when it fires while others work.
 */
export async function withLock<Result>(
  path: string,
  { signal, onWait }: LockOptions,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const { lock } = await import("proper-lockfile");
  const lost = new AbortController();
  const onCompromised = (): void =>
    lost.abort(new ImpastoError(`Another process has taken over the work on ${path}; try again`));
  const take = async (): Promise<(() => Promise<void>) | undefined> => {
    try {
      return await lock(path, { realpath: false, onCompromised });
    } catch (error) {
      if (error instanceof Error && "code" in error && error.code === "ELOCKED") return undefined;
      throw error;
    }
  };
  let release = await take();
  if (release === undefined) onWait();
  while (release === undefined) {
    // Rejects only when the signal fires, which has its own reason.
    await sleep(RETRY_MILLISECONDS, undefined, signal ? { signal } : {}).catch(() => undefined);
    signal?.throwIfAborted();
    release = await take();
  }
  try {
    return await work(signal ? AbortSignal.any([signal, lost.signal]) : lost.signal);
  } finally {
    // Where the lock was lost there is none to release.
    await release().catch(() => undefined);
  }
}
