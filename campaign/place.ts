/**
 * Where a trial takes place: a folder with its pictures, on a small disk of its own where one can be mounted, and beside it
 * a folder for what is temporary, which no fault strikes.
 * @module
 */
import { spawnSync } from "node:child_process";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statfsSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Bytes of the disk: a few times what a trial writes. */
const DISK_BYTES = 8 * 2 ** 20;

/** A folder of its own. */
export interface Place {
  readonly folder: string;
  /** Where what cannot be written to the folder is put. */
  readonly temporary: string;
  /** Whether the folder is a disk of its own. */
  readonly isDisk: boolean;
  /** Fills the disk but for some bytes. */
  fill(left: number): void;
  /** Lets the disk be written no more, or again. @returns whether it was so. */
  setReadOnly(readOnly: boolean): boolean;
  /** Makes the disk as it was. */
  mend(): void;
  remove(): void;
}

const BALLAST = "ballast";

const mount = (...words: readonly string[]): boolean => spawnSync("mount", words).status === 0;

/**
 * Makes one.
 * @param files that are in it, by their names.
 * @param ownDisk whether it is to be a disk of its own, where that can be.
 */
export function makePlace(files: ReadonlyMap<string, Uint8Array>, ownDisk = true): Place {
  const root = mkdtempSync(join(tmpdir(), "impasto-campaign-"));
  const [folder, temporary] = [join(root, "work"), join(root, "temporary")];
  mkdirSync(folder);
  mkdirSync(temporary);
  const isDisk = ownDisk && mount("-t", "tmpfs", "-o", `size=${DISK_BYTES}`, "impasto", folder);
  for (const [name, bytes] of files) writeFileSync(join(folder, name), bytes);
  const setReadOnly = (readOnly: boolean): boolean =>
    isDisk && mount("-o", `remount,${readOnly ? "ro" : "rw"}`, folder);
  return {
    folder,
    temporary,
    isDisk,
    fill(left) {
      const { bavail, bsize } = statfsSync(folder);
      writeFileSync(join(folder, BALLAST), new Uint8Array(Math.max(0, bavail * bsize - left)));
    },
    setReadOnly,
    mend() {
      setReadOnly(false);
      rmSync(join(folder, BALLAST), { force: true });
    },
    remove() {
      if (isDisk) spawnSync("umount", [folder]);
      rmSync(root, { recursive: true, force: true });
    },
  };
}

/** Whether disks can be mounted here. */
export function canMount(): boolean {
  const place = makePlace(new Map());
  place.remove();
  return place.isDisk;
}

/** The files of a folder but for the ballast, by their names. */
export const filesIn = (folder: string): ReadonlyMap<string, Buffer> =>
  new Map(
    readdirSync(folder)
      .filter((name) => name !== BALLAST)
      .map((name) => [name, readFileSync(join(folder, name))]),
  );
