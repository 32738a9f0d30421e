/**
 * Fetches the public file of VGG-19's weights into the cache folder: from mirrors in turn, going on where a download
 * broke off, checked by size and MD5, and put in place by a rename so that the file is whole or absent.
 * @module
 */
import { mkdir, rename, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { ImpastoError, MisuseError } from "../errors.ts";
import { withoutSecrets } from "./addresses.node.ts";
import {
  complete,
  type Download,
  type DownloadProgress,
  type ExpectedFile,
  isExpected,
} from "./download.node.ts";
import { SIGNATURE } from "./hdf5/objects.ts";
import { openHttp } from "./http.node.ts";
import type { Environment } from "./locate.node.ts";
import { withLock } from "./lock.node.ts";
import { MirrorError } from "./mirror-error.ts";
import { PUBLIC_FILE, PUBLIC_MIRRORS, PUBLIC_SIZE } from "./public-file.ts";

/** Whose the weights are; to be shown where a user gets them. */
export const ATTRIBUTION =
  "VGG-19's weights: Karen Simonyan and Andrew Zisserman, Visual Geometry Group, University of Oxford; licence CC BY 4.0 (https://creativecommons.org/licenses/by/4.0/).";

/** The public file. */
export const PUBLIC_WEIGHTS: ExpectedFile = {
  name: PUBLIC_FILE,
  signature: SIGNATURE,
  size: PUBLIC_SIZE,
  md5: "253f8cb515780f3b799900260a226db6",
};

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
  /**
   * Says which proxy to go through: HTTPS_PROXY, HTTP_PROXY and NO_PROXY.
   *
   * @default process.env
   */
  readonly env?: Environment;
  /** @default PUBLIC_WEIGHTS */
  readonly expected?: ExpectedFile;
  /** Stops the download; what has arrived is kept, and the promise rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Called for each piece received. */
  readonly onProgress?: (progress: DownloadProgress) => void;
  /** Called with a sentence for whoever waits: which mirror is asked, why again, that another process is at it. */
  readonly onNote?: (sentence: string) => void;
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

/**
 * Makes sure that the public file is in the cache folder, and downloads it if it is not.
 *
 * @throws {MisuseError} If a mirror is no http or https URL, or a proxy none.
 * @throws {ImpastoError} If no mirror gives the file, or the folder cannot be written to.
 * @throws The signal's reason if the signal stops the download.
 * @example
 * ```ts
 * const { path } = await fetchWeights({ cacheFolder: cacheFolderOf(process.env) });
 * ```
 */
export const fetchWeights = async (options: FetchWeightsOptions): Promise<FetchedWeights> => {
  const { cacheFolder, env = process.env, expected = PUBLIC_WEIGHTS, signal, onNote = () => {} } = options;
  const mirrors =
    options.mirrors ?? (env.IMPASTO_WEIGHTS_MIRROR ? [env.IMPASTO_WEIGHTS_MIRROR] : PUBLIC_MIRRORS);
  const addresses = mirrors.map((mirror) => addressOf(mirror, expected.name));
  const path = join(cacheFolder, expected.name);
  const onWait = (): void => onNote("Another process is fetching the same file; waiting for it.");
  try {
    signal?.throwIfAborted();
    if (await isExpected(path, expected)) return { path, downloaded: false };
    await makeFolder(cacheFolder);
    return await withLock(path, { onWait, ...(signal && { signal }) }, async (alive) => {
      if (await isExpected(path, expected)) return { path, downloaded: false };
      const part = `${path}.part`;
      await downloadFrom(addresses, part, alive, options);
      await rename(part, path);
      return { path, downloaded: true };
    });
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

function addressOf(mirror: string, name: string): URL {
  if (!URL.canParse(mirror) || !/^https?:$/.test(new URL(mirror).protocol)) {
    throw new MisuseError(
      `Expected an http or https URL for the mirror but received ${JSON.stringify(withoutSecrets(mirror))}`,
    );
  }
  const address = new URL(mirror);
  if (!address.pathname.endsWith(`/${name}`)) {
    address.pathname = `${address.pathname.replace(/\/$/, "")}/${name}`;
  }
  return address;
}

/**
 * Makes a folder and those above it. Node's own recursive `mkdir` never returns where the system makes no folders in one
 * that is there, as in `/proc`.
 */
async function makeFolder(path: string): Promise<void> {
  const isThere = await stat(path).then(
    () => true,
    () => false,
  );
  if (isThere || dirname(path) === path) return;
  await makeFolder(dirname(path));
  await mkdir(path).catch((error: unknown) => {
    // Another process may have been faster.
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
  });
}

/** Completes the part from one mirror or another. */
async function downloadFrom(
  addresses: readonly URL[],
  part: string,
  signal: AbortSignal,
  options: FetchWeightsOptions,
): Promise<void> {
  const { expected = PUBLIC_WEIGHTS, env = process.env, stallTimeout = 30_000 } = options;
  const { onProgress = () => {}, onNote = () => {} } = options;
  const http = await openHttp(env, stallTimeout);
  const problems: string[] = [];
  try {
    for (const address of addresses) {
      onNote(`Fetching ${expected.name} from ${address.host}.`);
      const problem = await tryMirror({ http, address, expected, part, signal, onProgress }, options);
      if (problem === undefined) return;
      problems.push(`${withoutSecrets(address.href)}: ${problem}`);
      if (problems.length < addresses.length) onNote(`${address.host} does not give the file: ${problem}.`);
    }
  } finally {
    await http.close();
  }
  throw new ImpastoError(
    `${expected.name} could not be downloaded (${problems.join("; ")}); try again to go on from here, name a mirror in IMPASTO_WEIGHTS_MIRROR, or download it by hand into ${options.cacheFolder}`,
  );
}

/** Asks a mirror as often as that makes sense; gives the last problem if it does not give the file. */
async function tryMirror(
  download: Download,
  { attempts = 4, backoff = 1000, onNote = () => {} }: FetchWeightsOptions,
): Promise<string | undefined> {
  const { signal, address } = download;
  let goOn = true;
  for (let attempt = 1; ; attempt++) {
    signal.throwIfAborted();
    try {
      await complete(download, goOn);
      return undefined;
    } catch (error) {
      if (!(error instanceof MirrorError)) throw error;
      if (!error.again || attempt >= attempts) return error.message;
      goOn = !error.afresh;
      const wait = backoff * 2 ** (attempt - 1);
      onNote(
        `The download from ${address.host} broke off: ${error.message}. Trying again in ${wait / 1000} s (${attempt + 1} of ${attempts}).`,
      );
      // Rejects only when the signal fires, which the next round reports with its own reason.
      await sleep(wait, undefined, { signal }).catch(() => undefined);
    }
  }
}
