/**
 * The service worker of the static studio: keeps its files, answers with them first, and isolates the page where its host does
 * not. It is compiled with a worker's types instead of a page's, and knows its files by what the build writes into it.
 * @module
 */
import { fileAt, isNeeded, isolated, isShell, type OfflineFile } from "./offline.ts";

declare const self: ServiceWorkerGlobalScope;
/** Written by the build: the files, and what they are called together. */
declare const FILES: readonly OfflineFile[];
declare const VERSION: string;

/** Once: what the build writes, it writes wherever it is named. */
const files = FILES;
const folder = new URL("./", self.location.href);
/** Folders of one origin share its caches. */
const prefix = `impasto ${folder.pathname} files `;
const name = prefix + VERSION;

// Not before pages of the version before are closed, for they may still fetch their own files.
self.addEventListener("install", (event) => {
  event.waitUntil(keepAll(files.filter(isShell)));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(self.clients.claim());
});

self.addEventListener("message", (event) => {
  // A page runs by these files: the others are kept as well, and those of earlier versions let go.
  const needed = files.filter((file) => isNeeded(file, "Suspending" in WebAssembly));
  const kept = keepAll(needed).then(forget);
  event.waitUntil(kept.then(() => event.ports[0]?.postMessage("kept")));
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const address = new URL(request.url);
  if (request.method !== "GET" || address.origin !== folder.origin) return;
  const file = fileAt(files, address, folder);
  event.respondWith(file === undefined ? passedOn(request) : answerWith(file));
});

const passedOn = async (request: Request): Promise<Response> => isolated(await fetch(request));

async function answerWith(file: OfflineFile): Promise<Response> {
  const cache = await caches.open(name);
  const kept = await cache.match(addressOf(file));
  return isolated(kept ?? (await fetchAndKeep(cache, file)));
}

async function keepAll(some: readonly OfflineFile[]): Promise<void> {
  const cache = await caches.open(name);
  for (const file of some) {
    if ((await cache.match(addressOf(file))) === undefined) await fetchAndKeep(cache, file, true);
  }
}

async function fetchAndKeep(cache: Cache, file: OfflineFile, must = false): Promise<Response> {
  const before = await keptBefore(file);
  const answer = before ?? (await fetch(addressOf(file), { cache: "no-cache" }));
  if (answer.ok) await cache.put(addressOf(file), answer.clone());
  else if (must) throw new Error(`${file.path}: status ${answer.status}`);
  return answer;
}

/** The same file as an earlier version of the page had it: what is large changes seldom. */
async function keptBefore({ path, version }: OfflineFile): Promise<Response | undefined> {
  for (const other of await caches.keys()) {
    if (!other.startsWith(prefix) || other === name) continue;
    const kept = await (await caches.open(other)).match(addressOf({ path, version }));
    if (kept) return kept;
  }
  return undefined;
}

/** With its checksum, by which a file that has changed under the same name is another. */
const addressOf = ({ path, version }: OfflineFile): string => new URL(`${path}?${version}`, folder).href;

async function forget(): Promise<void> {
  const others = (await caches.keys()).filter((other) => other.startsWith(prefix) && other !== name);
  await Promise.all(others.map((other) => caches.delete(other)));
}
