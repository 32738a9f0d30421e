/**
 * Copies of plain data, arrays of numbers and all.
 * @module
 */

/**
 * A copy that shares no memory with a value. `structuredClone` makes the same, but by way of a stream that it writes and
 * reads again: of the arrays of a run, which are most of it, that takes four times as long, and as much memory again.
 */
export function copied<Value>(value: Value): Value;
export function copied(value: unknown): unknown {
  if (value instanceof Float32Array || value instanceof Float64Array) return value.slice();
  if (Array.isArray(value)) return value.map(copied);
  if (!(value instanceof Object)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, copied(one)]));
}
