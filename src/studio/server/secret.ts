/**
 * The word that the studio's cookie holds, kept in its folder for the owner of the folder alone: so that a page that was
 * open when the studio was killed finds it again once it is started anew.
 * @module
 */
import { open, readFile } from "node:fs/promises";
import { join } from "node:path";
import { randomWord } from "./session.ts";

const FILE = "session";

/** Reads a folder's word, or makes one. */
export async function secretOf(folder: string): Promise<string> {
  const path = join(folder, FILE);
  const kept = await readFile(path, "utf8").catch(() => "");
  // One that was cut off is not one.
  if (/^[\w-]{43}$/.test(kept)) return kept;
  const secret = randomWord();
  const file = await open(path, "w", 0o600);
  try {
    await file.chmod(0o600);
    await file.writeFile(secret);
  } finally {
    await file.close();
  }
  return secret;
}
