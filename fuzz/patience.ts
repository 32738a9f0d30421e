/**
 * A clock that stands still while this process does: where a machine is put to sleep, or all its work is halted, nothing that
 * waits for something else has waited too long.
 * @module
 */

/** Milliseconds between two looks, and as many as count at most between them. */
const LOOK_EVERY = 25;
const MOST_BETWEEN = 1000;

/** Looks again and again until it is told to end. @param look told the seconds that were waited. */
export function wait(look: (seconds: number) => void): () => void {
  let last = performance.now();
  let waited = 0;
  const timer = setInterval(() => {
    const now = performance.now();
    waited += Math.min(now - last, MOST_BETWEEN);
    last = now;
    look(waited / 1000);
  }, LOOK_EVERY);
  return () => clearInterval(timer);
}
