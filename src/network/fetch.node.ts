/**
 * Downloads the public file of VGG-19's weights into the cache folder: from mirrors in turn, going on where a broken
 * download stopped, checked by size and MD5, and put in place by a rename so that the file is whole or absent.
 * A download works on a part file only it writes to: it takes a `.part` left behind by renaming it, which
 * succeeds for one process alone, and renames it back if it fails.
 * @module
 */
import { randomUUID } from "node:crypto";
import { type FileHandle, mkdir, open, readdir, rename, rm, stat } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { ImpastoError, MisuseError } from "../errors.ts";
import { type Environment, PUBLIC_FILE } from "./locate.node.ts";
import { digestFile } from "./read-weights.node.ts";

/** Whose the weights are; to be shown where a user gets them. */
export const ATTRIBUTION =
  "VGG-19's weights: Karen Simonyan and Andrew Zisserman, Visual Geometry Group, University of Oxford; licence CC BY 4.0 (https://creativecommons.org/licenses/by/4.0/).";

/** A file to expect: its name, size in bytes and MD5 in hexadecimal. */
export interface ExpectedFile {
  readonly name: string;
  readonly size: number;
  readonly md5: string;
}

/** The public file. */
export const PUBLIC_WEIGHTS: ExpectedFile = {
  name: PUBLIC_FILE,
  size: 80_134_624,
  md5: "253f8cb515780f3b799900260a226db6",
};

/** The folders the public file is offered in. */
export const PUBLIC_MIRRORS: readonly string[] = [
  "https://github.com/fchollet/deep-learning-models/releases/download/v0.1/",
  "https://storage.googleapis.com/tensorflow/keras-applications/vgg19/",
];

/** How far a download is, in bytes. */
export interface FetchProgress {
  readonly received: number;
  readonly total: number;
}

/** What to fetch, and how patiently. */
export interface FetchWeightsOptions {
  /** Created if missing. */
  readonly cacheFolder: string;
  /**
   * URLs of folders that hold the file, tried in order.
   *
   * @default The one in IMPASTO_WEIGHTS_MIRROR, else {@link PUBLIC_MIRRORS}.
   */
  readonly mirrors?: readonly string[];
  /** @default process.env */
  readonly env?: Environment;
  /** @default PUBLIC_WEIGHTS */
  readonly expected?: ExpectedFile;
  /** Stops the download; what has arrived is kept, and the promise rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Called for each piece received. */
  readonly onProgress?: (progress: FetchProgress) => void;
  /** Called before another attempt: why, and after how many seconds. */
  readonly onRetry?: (reason: string, seconds: number) => void;
  /**
   * Milliseconds without a byte after which an attempt is given up.
   *
   * @default 30000
   */
  readonly stallTimeout?: number;
  /**
   * Attempts for each mirror, at least 1.
   *
   * @default 4
   */
  readonly attempts?: number;
  /**
   * Milliseconds to wait before the second attempt; doubled before each further one.
   *
   * @default 1000
   */
  readonly backoff?: number;
}

/** Where the file is, and whether it had to be downloaded. */
export interface FetchedWeights {
  readonly path: string;
  readonly downloaded: boolean;
}

/** A mirror that failed: worth another attempt or not, with a part worth keeping or not. */
class MirrorError extends Error {
  readonly again: boolean;
  readonly spoilt: boolean;

  constructor(message: string, { again, spoilt = false }: { again: boolean; spoilt?: boolean }) {
    super(message);
    this.again = again;
    this.spoilt = spoilt;
  }
}

const reasonOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  // Node's fetch says only "fetch failed"; the cause knows why, if only by its code.
  const { cause } = error;
  if (!(cause instanceof Error)) return error.message;
  return cause.message || ("code" in cause ? String(cause.code) : error.message);
};

const sizeOf = async (path: string): Promise<number | undefined> => {
  const stats = await stat(path).catch(() => undefined);
  return stats?.isFile() ? stats.size : undefined;
};

/** Whether a file of the right size and MD5 is at `path`. */
const isExpected = async (path: string, { size, md5 }: ExpectedFile): Promise<boolean> =>
  (await sizeOf(path)) === size && (await digestFile(path, "md5")).md5 === md5;

const isRunning = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
};

/** Names this machine in the names of parts; a folder may be shared with others, whose processes cannot be seen. */
const host = (): string => hostname().replace(/\W/g, "_");

/** Whether nobody works on a part: it was left behind, or its process on this machine has ended. */
const isFree = (file: string, name: string): boolean => {
  if (file === `${name}.part`) return true;
  const start = `${name}.${host()}-`;
  const pid = file.startsWith(start) ? /^(\d+)-\w+\.part$/.exec(file.slice(start.length))?.[1] : undefined;
  return pid !== undefined && !isRunning(Number(pid));
};

/** Takes over the largest part nobody works on, and removes the others. */
const claimPart = async (folder: string, name: string): Promise<string> => {
  const own = join(folder, `${name}.${host()}-${process.pid}-${randomUUID().slice(0, 8)}.part`);
  const free: { path: string; size: number }[] = [];
  for (const file of await readdir(folder)) {
    if (!isFree(file, name)) continue;
    const path = join(folder, file);
    free.push({ path, size: (await sizeOf(path)) ?? 0 });
  }
  const [largest, ...others] = free.sort((a, b) => b.size - a.size);
  for (const { path } of others) await rm(path, { force: true });
  // If another process was faster, the part is its own now, and this download starts afresh.
  if (largest !== undefined) await rename(largest.path, own).catch(() => undefined);
  return own;
};

/** Runs `work` with a signal that fires with the outer one, or when `alive` has not been called for a while. */
const withStallTimeout = async <T>(
  outer: AbortSignal | undefined,
  timeout: number,
  work: (signal: AbortSignal, alive: () => void) => Promise<T>,
): Promise<T> => {
  const controller = new AbortController();
  const stalled = (): void =>
    controller.abort(new MirrorError(`nothing arrived for ${timeout / 1000} seconds`, { again: true }));
  const stop = (): void => controller.abort(outer?.reason);
  let timer = setTimeout(stalled, timeout);
  outer?.addEventListener("abort", stop, { once: true });
  try {
    if (outer?.aborted) stop();
    return await work(controller.signal, () => {
      clearTimeout(timer);
      timer = setTimeout(stalled, timeout);
    });
  } finally {
    clearTimeout(timer);
    outer?.removeEventListener("abort", stop);
    // Whatever of the answer has not been read is of no use any more.
    controller.abort();
  }
};

/** Waits for the network; whatever it throws is a reason to try again, unless the signal has a better one. */
const fromNetwork = async <T>(signal: AbortSignal, promise: Promise<T>): Promise<T> => {
  try {
    return await promise;
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    throw new MirrorError(`the connection failed: ${reasonOf(error)}`, { again: true });
  }
};

/** The offset an answer starts at: 0 if the server ignored the range. */
const offsetOf = (response: Response, from: number, expected: ExpectedFile): number => {
  const { status, statusText } = response;
  if (status === 206) {
    const [, start, total] =
      /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(response.headers.get("content-range") ?? "") ?? [];
    if (Number(start) !== from || (total !== "*" && Number(total) !== expected.size)) {
      throw new MirrorError("it answered with another range than the one asked for", {
        again: true,
        spoilt: true,
      });
    }
    return from;
  }
  if (status !== 200) {
    const again = status >= 500 || status === 408 || status === 416 || status === 425 || status === 429;
    throw new MirrorError(`it answered ${status} ${statusText}`.trimEnd(), { again, spoilt: status === 416 });
  }
  const length = response.headers.get("content-length");
  if (length !== null && Number(length) !== expected.size) {
    throw new MirrorError(`it offers a file of ${length} bytes; expected ${expected.size}`, { again: false });
  }
  return 0;
};

interface Attempt {
  readonly url: string;
  readonly part: string;
  readonly expected: ExpectedFile;
  readonly options: FetchWeightsOptions;
}

/** One request, appended to the part file or started over. */
const receive = async ({ url, part, expected, options }: Attempt, from: number): Promise<void> => {
  const { signal: outer, stallTimeout = 30_000, onProgress } = options;
  await withStallTimeout(outer, stallTimeout, async (signal, alive) => {
    const headers = { "accept-encoding": "identity", ...(from > 0 ? { range: `bytes=${from}-` } : {}) };
    const response = await fromNetwork(signal, fetch(url, { headers, signal }));
    let received = offsetOf(response, from, expected);
    const reader = response.body?.getReader();
    if (reader === undefined) throw new MirrorError("it answered without a file", { again: true });
    let file: FileHandle | undefined;
    try {
      file = await open(part, received > 0 ? "a" : "w");
      onProgress?.({ received, total: expected.size });
      for (;;) {
        alive();
        const { done, value } = await fromNetwork(signal, reader.read());
        if (done) break;
        received += value.length;
        if (received > expected.size) {
          throw new MirrorError(`it sent more than the ${expected.size} bytes expected`, {
            again: false,
            spoilt: true,
          });
        }
        await file.writeFile(value);
        onProgress?.({ received, total: expected.size });
      }
      await file.sync();
    } finally {
      await file?.close();
    }
    if (received < expected.size) {
      throw new MirrorError(`it stopped after ${received} of ${expected.size} bytes`, { again: true });
    }
  });
};

/** One attempt: receives what is missing, and checks the whole. */
const attempt = async (work: Attempt): Promise<void> => {
  const { part, expected } = work;
  const found = (await sizeOf(part)) ?? 0;
  const size = found > expected.size ? 0 : found;
  try {
    if (size < expected.size) await receive(work, size);
    const { md5 } = await digestFile(part, "md5");
    if (md5 !== expected.md5) {
      // What was gone on with may have begun as another file: then a fresh start is worth it.
      const message = `its file is not the public one: MD5 ${md5}, expected ${expected.md5}`;
      throw new MirrorError(message, { again: size > 0, spoilt: true });
    }
  } catch (error) {
    if (error instanceof MirrorError && error.spoilt) await rm(part, { force: true });
    throw error;
  }
};

const urlOf = (mirror: string, name: string): string => {
  if (!URL.canParse(mirror) || !/^https?:$/.test(new URL(mirror).protocol)) {
    throw new MisuseError(
      `Expected an http or https URL for the mirror but received ${JSON.stringify(mirror)}`,
    );
  }
  const url = new URL(mirror);
  if (!url.pathname.endsWith(`/${name}`)) url.pathname = `${url.pathname.replace(/\/$/, "")}/${name}`;
  return url.href;
};

const download = async (
  urls: readonly string[],
  part: string,
  options: FetchWeightsOptions,
): Promise<void> => {
  const { expected = PUBLIC_WEIGHTS, attempts = 4, backoff = 1000, signal, onRetry } = options;
  const problems: string[] = [];
  for (const url of urls) {
    for (let count = 1; ; count++) {
      signal?.throwIfAborted();
      try {
        return await attempt({ url, part, expected, options });
      } catch (error) {
        if (!(error instanceof MirrorError)) throw error;
        if (error.again && count < attempts) {
          const wait = backoff * 2 ** (count - 1);
          onRetry?.(error.message, wait / 1000);
          // Rejects only when the signal fires, which the next round reports with its own reason.
          await sleep(wait, undefined, signal ? { signal } : {}).catch(() => undefined);
          continue;
        }
        problems.push(`${url}: ${error.message}`);
        break;
      }
    }
  }
  throw new ImpastoError(
    `${expected.name} could not be downloaded (${problems.join("; ")}); try again to go on from here, name a mirror in IMPASTO_WEIGHTS_MIRROR, or download it by hand into ${options.cacheFolder}`,
  );
};

/**
 * Makes sure that the public file is in the cache folder, and downloads it if it is not.
 *
 * @throws {MisuseError} If a mirror is no http or https URL.
 * @throws {ImpastoError} If no mirror gives the file, or the folder cannot be written to.
 * @throws The signal's reason if the signal stops the download.
 * @example
 * ```ts
 * const { path } = await fetchWeights({ cacheFolder: cacheFolderOf(process.env) });
 * ```
 */
export const fetchWeights = async (options: FetchWeightsOptions): Promise<FetchedWeights> => {
  const { cacheFolder, env = process.env, expected = PUBLIC_WEIGHTS, signal } = options;
  const mirrors =
    options.mirrors ?? (env.IMPASTO_WEIGHTS_MIRROR ? [env.IMPASTO_WEIGHTS_MIRROR] : PUBLIC_MIRRORS);
  const urls = mirrors.map((mirror) => urlOf(mirror, expected.name));
  const path = join(cacheFolder, expected.name);
  try {
    signal?.throwIfAborted();
    if (await isExpected(path, expected)) return { path, downloaded: false };
    await mkdir(cacheFolder, { recursive: true });
    const part = await claimPart(cacheFolder, expected.name);
    try {
      await download(urls, part, options);
      await rename(part, path);
    } catch (error) {
      await rename(part, `${path}.part`).catch(() => undefined);
      throw error;
    }
    return { path, downloaded: true };
  } catch (error) {
    if (error instanceof ImpastoError || signal?.aborted) throw error;
    // Only calls to the operating system say so in `syscall`; anything else is not about the folder.
    if (!(error instanceof Error && "syscall" in error)) throw error;
    throw new ImpastoError(
      `${cacheFolder} cannot hold the weights (${error.message}); make room or name another folder in IMPASTO_CACHE`,
      { cause: error },
    );
  }
};
