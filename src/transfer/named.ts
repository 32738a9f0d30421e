/**
 * Values by their names, as graphs take and give them.
 * @module
 */

/** Values by their names. */
export type Named<Value> = Readonly<Record<string, Value>>;

/** Arrays by the names of the graph's inputs that take them. */
export type Arrays = Named<Float32Array>;

/** Several records as one; of two values with one name the later one stays. */
export const merged = <Value>(records: readonly Named<Value>[]): Named<Value> =>
  Object.fromEntries(records.flatMap((record) => Object.entries(record)));
