/**
 * Which file a path means: through links, whether they lead anywhere yet or not, and whatever way it is spelled.
 * @module
 */

import { readlink, realpath, stat } from "node:fs/promises";
import { basename, dirname, isAbsolute, join, resolve, sep } from "node:path";

/** As many links as Linux follows. */
const MOST_LINKS = 40;

/**
 * The path behind all links: of the file that is there, or of the one that writing through the links would create.
 * @throws the system's error where a folder on the way does not exist.
 */
export async function throughLinks(path: string): Promise<string> {
  let place = path;
  for (let followed = 0; followed < MOST_LINKS; followed++) {
    const folder = await realpath(dirname(place));
    place = join(folder, basename(place));
    const target = await readlink(place).catch(() => undefined);
    if (target === undefined) break;
    // Not joined, for ".." behind a link is the system's to make out.
    place = isAbsolute(target) ? target : `${folder}${sep}${target}`;
  }
  return place;
}

/** Whether two paths mean one file, now or as soon as it is written. */
export const isSameFile = async (one: string, other: string): Promise<boolean> =>
  (await fileKey(one)) === (await fileKey(other));

/** What two paths have in common where they mean one file: by device and inode, so also through hard links. */
export const fileKey = async (path: string): Promise<string> =>
  (await identityOf(path)) ?? (await placeOf(path));

const placeOf = (path: string): Promise<string> => throughLinks(path).catch(() => resolve(path));

/** Undefined where there is no file, or none that can be looked at. */
const identityOf = (path: string): Promise<string | undefined> =>
  stat(path, { bigint: true }).then(
    ({ dev, ino }) => `${dev}:${ino}`,
    () => undefined,
  );
