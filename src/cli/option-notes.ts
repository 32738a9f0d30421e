/**
 * What a command says of options that were given and change nothing.
 * @module
 */
import type { Settings } from "../transfer/settings.ts";
import { isFile } from "./inputs.ts";

/** One sentence for each. @param flags those that were given on the command line. */
export function writeOptionNotes(
  flags: Readonly<Record<string, unknown>>,
  { init }: Settings,
): readonly string[] {
  if (flags.seed === undefined || init === "noise") return [];
  const start = isFile(init) ? "a picture" : "the photograph";
  return [`--seed changes nothing, since the start is ${start}: --init noise starts from noise.`];
}
