/**
 * Bytes by names in a browser's own database. Each write is one transaction, which is whole or has not been, and is told of
 * only when the browser has it on disk.
 * @module
 */
import { ImpastoError } from "../../errors.ts";
import type { Store } from "../platform.ts";

/** The table of the database; there is one. */
const FILES = "files";

/** Comes after every name that begins as it does. */
const LAST = "\uffff";

/**
 * Opens the database, and makes it where there is none.
 * @param database its name; studios of other names know nothing of each other.
 * @throws ImpastoError where the browser keeps nothing for this page.
 */
export async function openIndexedDbStore(database: string): Promise<Store> {
  const opened = await openDatabase(database);
  // Somebody removes or renews the database, and would wait for this page.
  opened.onversionchange = () => opened.close();
  const files = (mode: IDBTransactionMode): IDBObjectStore =>
    opened.transaction(FILES, mode, { durability: "strict" }).objectStore(FILES);
  return {
    async read(name) {
      const found: unknown = await resultOf(files("readonly").get(name));
      return found instanceof Blob ? new Uint8Array(await found.arrayBuffer()) : undefined;
    },
    // As a blob it goes to disk as it is, and a look at names reads none of it.
    write: (name, parts) => changed(files("readwrite"), (to) => to.put(new Blob(parts.map(ownBytes)), name)),
    remove: (name) => changed(files("readwrite"), (from) => from.delete(name)),
    async list(prefix) {
      const keys = await resultOf(files("readonly").getAllKeys(IDBKeyRange.bound(prefix, prefix + LAST)));
      return keys.map(String);
    },
  };
}

function openDatabase(name: string): Promise<IDBDatabase> {
  const request = indexedDB.open(name, 1);
  request.onupgradeneeded = () => request.result.createObjectStore(FILES);
  return resultOf(request);
}

/** Waits for the end of the change, not only for its being asked for. */
function changed(files: IDBObjectStore, change: (files: IDBObjectStore) => IDBRequest): Promise<void> {
  change(files);
  const { transaction } = files;
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(explained(transaction.error));
  });
}

const resultOf = <Result>(request: IDBRequest<Result>): Promise<Result> =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(explained(request.error));
  });

/** What browsers take into a blob is not shared with other threads. */
const ownBytes = (part: Uint8Array): Uint8Array<ArrayBuffer> =>
  part.buffer instanceof ArrayBuffer
    ? new Uint8Array(part.buffer, part.byteOffset, part.byteLength)
    : Uint8Array.from(part);

function explained(cause: DOMException | null): ImpastoError {
  if (cause?.name === "QuotaExceededError") {
    return new ImpastoError(
      "The browser keeps no more for this page: discard runs that you need no longer, or make room on the disk.",
      { cause },
    );
  }
  return new ImpastoError(
    `The browser keeps nothing for this page (${cause?.message ?? "no reason given"}): leave private browsing, or allow this page to keep data.`,
    { cause },
  );
}
