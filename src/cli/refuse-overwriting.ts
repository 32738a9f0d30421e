/**
 * Outputs that would be written over what is read, or over each other, however they are spelled or linked to.
 * @module
 */

import { MisuseError } from "../errors.ts";
import { isSameFile } from "../image/place.node.ts";
import { whereWeights } from "../network/locate.node.ts";
import { startsFromFile } from "../transfer/options.ts";
import { isStandardOutput } from "./standard-output.ts";

/** What is read for a transfer. */
export interface ReadFiles {
  readonly pictures: readonly string[];
  /** The option `init`, which may name a file. */
  readonly init: string;
  /** The option `network`, which may name a file. */
  readonly network: string;
}

/**
 * Makes sure that no output is one of the files that are read, the weights among them, or the same as another.
 * @param outputs the files by the flags that name them.
 * @throws MisuseError when one is.
 */
export async function refuseOverwriting(
  outputs: Readonly<Record<string, string | undefined>>,
  { pictures, init, network }: ReadFiles,
): Promise<void> {
  const { located } = whereWeights(process.env);
  const inputs = [
    ...pictures,
    ...(startsFromFile(init) ? [init] : []),
    network,
    ...(located === undefined ? [] : [located.path]),
  ];
  const named = Object.entries(outputs).filter(([, path]) => !isStandardOutput(path));
  for (const [index, [flag, path]] of named.entries()) {
    if (path === undefined) continue;
    for (const input of inputs) {
      if (!(await isSameFile(path, placeOfInput(input)))) continue;
      throw new MisuseError(`${flag} would write over the input "${input}": name another file.`);
    }
    for (const [otherFlag, other] of named.slice(index + 1)) {
      if (other === undefined || !(await isSameFile(path, other))) continue;
      throw new MisuseError(`${otherFlag} and ${flag} are both "${other}": name another file.`);
    }
  }
}

/** What a shell gives to read with `<` is a file, too. */
const placeOfInput = (input: string): string => (input === "-" ? "/dev/stdin" : input);
