/**
 * The checks that the optimisers share: what they are given must fit what they minimise.
 * @module
 */
import { MisuseError } from "../errors.ts";

/**
 * Makes sure that an array has one number for each variable.
 * @throws {MisuseError} naming the array where it has not.
 */
export function requireSameLength(
  name: string,
  array: Float32Array,
  variables: { readonly length: number },
): void {
  if (array.length !== variables.length) {
    throw new MisuseError(`Expected ${variables.length} numbers for ${name} but received ${array.length}`);
  }
}
