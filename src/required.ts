/**
 * What the program itself sees to that it is there. Where it is not, the fault is the program's, and going on with
 * something in its place would hide it.
 * @module
 */

/**
 * The value that must be there.
 * @param what its name, for the message: "gradient of the pixels".
 * @throws TypeError when it is not.
 */
export function required<Value>(value: Value | undefined, what: string): Value {
  if (value === undefined) throw new TypeError(`There is no ${what}`);
  return value;
}
