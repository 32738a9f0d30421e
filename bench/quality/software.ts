/**
 * The built product, held still: a copy of it is what runs, so that a rebuild in the middle of a long comparison does
 * not mix two versions, and its checksum tells which results are still those of today's program.
 * @module
 */
import { createHash } from "node:crypto";
import { existsSync, statSync } from "node:fs";
import { mkdir, readdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** A copy of the built product. */
export interface Software {
  /** The first digits of the SHA-256 of its files. */
  readonly version: string;
  /** The file to import. */
  readonly library: string;
}

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
/** Inside the repository, for Node finds the dependencies from where the file is. */
const COPIES = join(ROOT, "bench", "results", "software");
/** What no result depends on. */
const LEFT_OUT = /^dist.(cli|studio)\b|\.d\.ts$|\.map$/;

/** Copies `dist/` and `models/` and says which version they are. @throws Error when nothing was built. */
export async function holdSoftware(): Promise<Software> {
  if (!existsSync(join(ROOT, "dist", "index.js"))) throw new Error("Run `npm run build` first.");
  const files = [...(await filesOf("dist")), ...(await filesOf("models")), "package.json"];
  const hash = createHash("sha256");
  const contents = new Map<string, Uint8Array>();
  for (const file of files) {
    const content = await readFile(join(ROOT, file));
    contents.set(file, content);
    // The package's own description may change without the program.
    if (file !== "package.json") hash.update(`${file} ${content.length}\n`).update(content);
  }
  const version = hash.digest("hex").slice(0, 12);
  const folder = join(COPIES, version);
  if (!existsSync(folder)) await write(contents, folder);
  return { version, library: join(folder, "dist", "index.js") };
}

async function filesOf(folder: string): Promise<readonly string[]> {
  const entries = await readdir(join(ROOT, folder), { recursive: true, encoding: "utf8" });
  return entries
    .map((entry) => join(folder, entry))
    .filter((file) => !LEFT_OUT.test(file) && statSync(join(ROOT, file)).isFile())
    .sort();
}

/** A copy appears whole or not at all. */
async function write(contents: ReadonlyMap<string, Uint8Array>, folder: string): Promise<void> {
  const unfinished = `${folder}.${process.pid}`;
  for (const [file, content] of contents) {
    const target = join(unfinished, file);
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, content);
  }
  await rename(unfinished, folder);
}
