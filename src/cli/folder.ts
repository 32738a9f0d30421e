/**
 * Folders of pictures.
 * @module
 */
import { readdirSync, statSync } from "node:fs";
import { extname, join } from "node:path";

/** The extensions of the pictures that impasto reads. */
const PICTURES = [".png", ".jpg", ".jpeg", ".webp", ".avif", ".tif", ".tiff", ".gif", ".heic", ".heif"];

/** The pictures in a folder, by their names' order, hidden ones left out; undefined for what is no folder. */
export function picturesIn(path: string): readonly string[] | undefined {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true) return undefined;
  return readdirSync(path)
    .filter((name) => !name.startsWith(".") && PICTURES.includes(extname(name).toLowerCase()))
    .sort()
    .map((name) => join(path, name));
}
