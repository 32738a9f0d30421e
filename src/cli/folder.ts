/**
 * Folders of pictures.
 * @module
 */
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";

/** What files of pictures are called. */
const PICTURE = /\.(png|jpe?g|webp|avif|tiff?|gif|hei[cf])$/i;

/** Whether a file is called like a picture that impasto reads, or may come to read. */
export const isNamedAsPicture = (path: string): boolean => PICTURE.test(path);

/** The pictures in a folder, by their names' order, hidden ones left out; undefined for what is no folder. */
export function picturesIn(path: string): readonly string[] | undefined {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true) return undefined;
  return readdirSync(path)
    .filter((name) => !name.startsWith(".") && isNamedAsPicture(name))
    .sort()
    .map((name) => join(path, name));
}
