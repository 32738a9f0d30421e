/**
 * The version of impasto, from its package's manifest.
 * @module
 */
import { readFileSync } from "node:fs";

/** The package's version: two folders up, from the source and from the build alike. */
export function readVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
  const version = manifest instanceof Object && "version" in manifest ? manifest.version : undefined;
  return String(version);
}

/** What a recipe says of the program that made it. */
export const readSoftware = (): string => `impasto ${readVersion()}`;
