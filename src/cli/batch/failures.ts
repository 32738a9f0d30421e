/**
 * What is said at the end of pictures that could not be made.
 * @module
 */
import type { Item } from "./items.ts";

/** What failed, each reason once, with the pictures that are not there for it. */
export function writeFailures(items: readonly Item[]): string | undefined {
  const failures = items.flatMap((item) => (item.state === "failed" ? [item] : []));
  if (failures.length === 0) return undefined;
  const reasons = new Map<string, readonly string[]>();
  for (const { reason, piece } of failures) {
    reasons.set(reason, [...(reasons.get(reason) ?? []), piece.output]);
  }
  const told = [...reasons].map(([reason, [first, ...others]]) => {
    const more = others.length === 0 ? "" : ` and ${others.length} more`;
    return `${reason} (for "${first}"${more})`;
  });
  return `${failures.length} of ${items.length} pictures could not be made: ${told.join("; ")}.`;
}
