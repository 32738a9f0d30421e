/**
 * Room on the disk: files that are given may not take the last of it, which runs and the rest of the machine need.
 * @module
 */
import { statfs } from "node:fs/promises";
import { ImpastoError } from "../../errors.ts";

/** Bytes that are left alone. */
const LEFT = 500_000_000;

/** @throws ImpastoError where a folder's disk is as good as full. */
export async function requireRoom(folder: string): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  if (bavail * bsize >= LEFT) return;
  throw new ImpastoError(
    `There is less than ${LEFT / 1e6} MB left on the disk of "${folder}": make room before another file is given.`,
  );
}
