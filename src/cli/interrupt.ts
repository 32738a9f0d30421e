/**
 * Ctrl-C and its kin: the first asks the work to stop, the second ends the process as the system would have, at once. Not so
 * when a terminal is closed: its shell and the system both say so, and the second time means no more than the first.
 * @module
 */

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** What shells report for a process that a signal ended: 128 and the signal's number. */
export const EXIT_CODES = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

/** A watch for signals. */
export interface Interrupt {
  readonly signal: AbortSignal;
  /** The exit code for the signal that came, or 130. */
  exitCode(): number;
  /** Ends the watch. */
  release(): void;
}

/**
 * Starts to watch.
 * @param onFirst called when the first signal is seen.
 */
export function watchForInterrupt(onFirst: () => void): Interrupt {
  const controller = new AbortController();
  let received: (typeof SIGNALS)[number] = "SIGINT";
  const release = (): void => {
    for (const name of SIGNALS) process.off(name, onSignal);
  };
  function onSignal(name: (typeof SIGNALS)[number]): void {
    if (controller.signal.aborted && name === "SIGHUP") return;
    if (controller.signal.aborted) {
      release();
      process.kill(process.pid, name);
      return;
    }
    received = name;
    controller.abort();
    onFirst();
  }
  for (const name of SIGNALS) process.on(name, onSignal);
  return { signal: controller.signal, exitCode: () => EXIT_CODES[received], release };
}
