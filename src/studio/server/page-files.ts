/**
 * The files of the page, by the addresses that they are asked for at: a map that is made once. Nothing else of the disk can
 * be asked for, whatever an address says.
 * @module
 */
import { readdir } from "node:fs/promises";
import { extname, join, relative, sep } from "node:path";

/** A file of the page. */
export interface PageFile {
  readonly path: string;
  readonly type: string;
  /** Whether its name changes with its contents. */
  readonly lasting: boolean;
}

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".mjs": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".json": "application/json",
  ".webmanifest": "application/manifest+json",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".jpg": "image/jpeg",
  ".webp": "image/webp",
  ".ico": "image/x-icon",
  ".woff2": "font/woff2",
  ".wasm": "application/wasm",
  ".safetensors": "application/octet-stream",
};

/** Vite's folder of files that have their checksum in their names. */
const LASTING = /^\/assets\/[^/]+-[\w-]{8}\.\w+$/;

/** Maps a folder. Empty where there is none, or it has no page. */
export async function pageFiles(folder: string): Promise<ReadonlyMap<string, PageFile>> {
  const files = new Map<string, PageFile>();
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  for (const entry of entries) {
    const path = join(entry.parentPath, entry.name);
    const type = TYPES[extname(entry.name)];
    if (!entry.isFile() || type === undefined) continue;
    const address = `/${relative(folder, path).split(sep).join("/")}`;
    files.set(address, { path, type, lasting: LASTING.test(address) });
  }
  const index = files.get("/index.html");
  if (index === undefined) return new Map();
  return files.set("/", index);
}
