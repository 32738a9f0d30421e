/**
 * How fast a queue goes: from when its last pictures were finished, whoever made them.
 * @module
 */

/** How fast it goes, and when it is through. */
export interface Pace {
  readonly picturesPerHour: number;
  readonly secondsLeft: number;
}

/**
 * Reckons.
 * @param finished when the last pictures were finished, in milliseconds, in any order.
 * @param toCome how many pictures are not.
 * @param now in milliseconds: a queue that has stood still since is slower than it was.
 * @returns undefined as long as fewer than two are finished.
 */
export function paceOf(finished: readonly number[], toCome: number, now: number): Pace | undefined {
  if (finished.length < 2) return undefined;
  const [first, last] = [Math.min(...finished), Math.max(...finished)];
  const between = (last - first) / (finished.length - 1);
  // Each moment in which nothing came counts, once it is longer than what there was between two.
  const silence = toCome > 0 ? Math.max(0, now - last - between) : 0;
  const milliseconds = Math.max(1, (last - first + silence) / (finished.length - 1));
  return { picturesPerHour: 3.6e6 / milliseconds, secondsLeft: (toCome * milliseconds) / 1000 };
}
