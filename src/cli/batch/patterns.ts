/**
 * From patterns such as `photos/*.jpg` to files. On Windows a pattern may be written with backslashes, as paths are there.
 * @module
 */
import { stat } from "node:fs/promises";
import { isAbsolute, join } from "node:path";
import { glob } from "tinyglobby";
import { MisuseError } from "../../errors.ts";

/** Where patterns stand, and what they may match. */
export interface PatternPlace {
  /** What gave them, for messages. */
  readonly flag: string;
  /** Where they begin. @default the current folder */
  readonly folder?: string;
  /** Whether a folder may be named, or matched by a pattern that ends in a slash. @default false */
  readonly takesFolders?: boolean;
}

/**
 * Finds the files that patterns match, each once, in the order of the patterns and of their names. A file whose very name
 * is a pattern comes first: brackets and braces stand in names, too.
 * @throws MisuseError for a pattern that matches no file.
 */
export async function filesMatching(
  patterns: readonly string[],
  place: PatternPlace,
): Promise<readonly string[]> {
  const files = new Set<string>();
  for (const pattern of patterns) {
    for (const file of await matches(pattern, place)) files.add(file);
  }
  return [...files];
}

/** A path that begins at a folder, unless it is absolute. */
export const fromFolder = (folder: string, path: string): string =>
  isAbsolute(path) ? path : join(folder, path);

async function matches(
  pattern: string,
  { flag, folder = ".", takesFolders = false }: PatternPlace,
): Promise<readonly string[]> {
  const literal = fromFolder(folder, pattern);
  const found = await stat(literal).catch(() => undefined);
  if (found?.isFile() || (takesFolders && found?.isDirectory())) return [literal];
  if (found?.isDirectory()) {
    throw new MisuseError(
      `"${pattern}" is a folder, and ${flag} takes files: write "${join(pattern, "*")}" for all that are in it.`,
    );
  }
  const written = process.platform === "win32" ? pattern.replaceAll("\\", "/") : pattern;
  const files = await glob(written, {
    cwd: folder,
    expandDirectories: false,
    onlyDirectories: takesFolders && written.endsWith("/"),
    caseSensitiveMatch: process.platform === "linux",
  });
  if (files.length > 0) return files.map((file) => join(folder, file)).sort();
  throw new MisuseError(`No file matches "${pattern}" of ${flag}: check the folder and the name.`);
}
