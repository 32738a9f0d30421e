/**
 * What a script is asked to make, by the names of its pictures.
 * @module
 */
import { MisuseError } from "../src/errors.ts";

const nameOf = (file: string): string => file.replace(/\.\w+$/, "");

/**
 * Finds files by their names, with or without what is behind the dot, in the files' order.
 * @throws MisuseError for a name that none of them has.
 */
export function filesNamed(files: readonly string[], names: readonly string[]): readonly string[] {
  const unknown = names.find((name) => !files.some((file) => nameOf(file) === nameOf(name)));
  if (unknown !== undefined) {
    throw new MisuseError(`Expected some of ${files.map(nameOf).join(", ")} but received "${unknown}".`);
  }
  return files.filter((file) => names.some((name) => nameOf(file) === nameOf(name)));
}
