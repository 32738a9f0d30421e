/**
 * Downloads a file into a part of it, with one request: goes on where the part ends, or begins anew. Nothing is written
 * before the answer has been found to be of the right file, so that the sign-in page of a network, say, spoils nothing.
 * Beside the part lies where it is from, with the server's name for this version of the file.
 * @module
 */
import { type FileHandle, open, readFile, rm, stat, writeFile } from "node:fs/promises";
import { STATUS_CODES } from "node:http";
import { withoutSecrets } from "./addresses.node.ts";
import { digestFile } from "./file-source.node.ts";
import type { Answer, HttpClient } from "./http.node.ts";
import { MirrorError } from "./mirror-error.ts";

/** A file to expect: its name, how it begins, its size in bytes and its MD5 in hexadecimal. */
export interface ExpectedFile {
  readonly name: string;
  readonly signature: Uint8Array;
  readonly size: number;
  readonly md5: string;
}

/** How far a download is, in bytes. */
export interface DownloadProgress {
  readonly received: number;
  readonly total: number;
}

/** What to download, and where to. */
export interface Download {
  readonly http: HttpClient;
  readonly address: URL;
  readonly expected: ExpectedFile;
  /** The file that holds what has arrived; absent as long as nothing has. */
  readonly part: string;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: DownloadProgress) => void;
}

/** The size of a file; undefined when there is none. */
const sizeOf = async (path: string): Promise<number | undefined> => {
  const stats = await stat(path).catch(() => undefined);
  return stats?.isFile() ? stats.size : undefined;
};

/** Whether a file of the right size and MD5 is at `path`. */
export const isExpected = async (path: string, { size, md5 }: ExpectedFile): Promise<boolean> =>
  (await sizeOf(path)) === size && (await digestFile(path, "md5")) === md5;

/** Removes a part and what is known of it. */
async function discard(part: string): Promise<void> {
  await forgetOrigin(part);
  await rm(part, { force: true });
}

/**
 * Completes the part with one request, and checks the whole.
 * @param goOn whether to go on where the part ends; else it is replaced as soon as the file is seen to come.
 * @throws MirrorError when the mirror does not give the file.
 */
export async function complete(download: Download, goOn: boolean): Promise<void> {
  const { part, expected } = download;
  const found = await usableSize(part, expected);
  const from = goOn ? found : 0;
  if (from < expected.size) await receive(download, from);
  const md5 = await digestFile(part, "md5");
  if (md5 === expected.md5) return forgetOrigin(part);
  await discard(part);
  // The part may have been of another file: then a fresh start is worth it.
  const message = `its file is not the public one: MD5 ${md5}, expected ${expected.md5}`;
  throw new MirrorError(message, { again: from > 0 });
}

/** The size of the part; one that cannot be of the file is removed. */
async function usableSize(part: string, { size, signature }: ExpectedFile): Promise<number> {
  const found = await sizeOf(part);
  if (found === undefined) return 0;
  const file = await open(part, "r");
  const beginning = Buffer.alloc(Math.min(found, signature.length));
  await file.read(beginning, 0, beginning.length, 0).finally(() => file.close());
  if (found <= size && beginning.equals(signature.subarray(0, found))) return found;
  await discard(part);
  return 0;
}

/** Receives what comes behind the first `from` bytes, or the whole if the server gives that or it has changed. */
async function receive(download: Download, from: number): Promise<void> {
  const { http, address, expected, part, signal, onProgress } = download;
  const version = from > 0 ? await versionOf(part, address) : undefined;
  const headers = {
    "accept-encoding": "identity",
    ...(from > 0 && { range: `bytes=${from}-` }),
    ...(version !== undefined && { "if-range": version }),
  };
  const answer = await http.get(address, headers, signal);
  const start = startOf(answer, from, expected);
  const pieces = start === 0 ? beginningWith(expected.signature, answer.body) : answer.body;
  let received = start;
  let file: FileHandle | undefined;
  onProgress({ received, total: expected.size });
  try {
    for await (const piece of pieces) {
      file ??= start === 0 ? await begin(part, address, answer) : await open(part, "a");
      received += piece.length;
      if (received > expected.size) break;
      await file.writeFile(piece);
      onProgress({ received, total: expected.size });
    }
    await file?.sync();
  } finally {
    await file?.close();
  }
  if (received > expected.size) {
    await discard(part);
    throw new MirrorError(`it sent more than the ${expected.size} bytes expected`, { again: false });
  }
  if (received < expected.size) {
    throw new MirrorError(`it stopped after ${received} of ${expected.size} bytes`, { again: true });
  }
}

/** Statuses below 500 that may pass. */
const PASSING: readonly number[] = [408, 425, 429];
const RANGE_NOT_SATISFIABLE = 416;

/** The place in the file at which an answer starts: what was asked for, or 0 if it is the whole. */
function startOf({ status, header }: Answer, from: number, { size }: ExpectedFile): number {
  if (status !== 200 && status !== 206) {
    const afresh = status === RANGE_NOT_SATISFIABLE;
    const again = afresh || status >= 500 || PASSING.includes(status);
    throw new MirrorError(`it answered ${status} ${STATUS_CODES[status] ?? ""}`.trimEnd(), { again, afresh });
  }
  if (/html/i.test(header("content-type") ?? "")) {
    const message = "it answered with a web page instead of the file; is there a network to sign in to?";
    throw new MirrorError(message, { again: false });
  }
  const encoding = header("content-encoding") ?? "identity";
  if (encoding !== "identity") throw new MirrorError(`it sends the file as ${encoding}`, { again: false });
  const range = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(header("content-range") ?? "");
  const [start, total] = status === 206 ? [Number(range?.[1]), range?.[2]] : [0, header("content-length")];
  if (total !== undefined && total !== "*" && Number(total) !== size) {
    throw new MirrorError(`it offers a file of ${total} bytes; expected ${size}`, { again: false });
  }
  if (status === 206 && start !== from) {
    const message = "it answered with another range than the one asked for";
    throw new MirrorError(message, { again: true, afresh: true });
  }
  return start;
}

/** Gives the pieces on if they begin as they should. */
async function* beginningWith(
  signature: Uint8Array,
  pieces: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  let beginning = Buffer.alloc(0);
  for await (const piece of pieces) {
    if (beginning.length >= signature.length) {
      yield piece;
      continue;
    }
    beginning = Buffer.concat([beginning, piece]);
    const compared = Math.min(beginning.length, signature.length);
    if (!beginning.subarray(0, compared).equals(signature.subarray(0, compared))) {
      throw new MirrorError("it sends something that does not begin as the file does", { again: false });
    }
    if (compared === signature.length) yield beginning;
  }
}

/** Where is written what a part is from. */
const originFile = (part: string): string => `${part}.from`;

const forgetOrigin = (part: string): Promise<void> => rm(originFile(part), { force: true });

/** Empties the part, and keeps what the server calls this version of the file, if it does. */
async function begin(part: string, address: URL, { header }: Answer): Promise<FileHandle> {
  await forgetOrigin(part);
  const file = await open(part, "w");
  const tag = header("etag");
  const version = tag?.startsWith('"') ? tag : header("last-modified");
  if (version !== undefined)
    await writeFile(originFile(part), `${withoutSecrets(address.href)}\n${version}\n`);
  return file;
}

/** What the server at the address called the version that the part is of. */
async function versionOf(part: string, address: URL): Promise<string | undefined> {
  const [from, version] = (await readFile(originFile(part), "utf8").catch(() => "")).split("\n");
  return from === withoutSecrets(address.href) && version ? version : undefined;
}
