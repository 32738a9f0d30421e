/**
 * VGG-19's weights as the studio has them under Node: those that every command finds, and a file that a page gave, which is
 * kept beside them in the cache folder.
 * @module
 */
import { createWriteStream, existsSync } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { checkWeights } from "../network/check.node.ts";
import { fetchWeights, PUBLIC_WEIGHTS } from "../network/fetch.node.ts";
import { cacheFolderOf, type Environment, whereWeights } from "../network/locate.node.ts";
import { withLock } from "../network/lock.node.ts";

/** The weights as far as they are here. */
export interface KeptWeights {
  /** Whether there are any. */
  readonly ready: boolean;
  /** Bytes of the public file. */
  readonly size: number;
  /** The file that a page gave. */
  readonly given: string | undefined;
  /** Fetches the public file. @throws ImpastoError when it cannot be had. */
  fetch(onProgress: (done: number, total: number) => void, signal: AbortSignal): Promise<void>;
  /** Takes a file of them. @throws ImpastoError for one that is damaged, or of something else. */
  take(file: Blob): Promise<void>;
}

/** A file that a page gave. */
const GIVEN = "vgg19-given.weights";

/** Looks after the weights of this machine. */
export function openKeptWeights(environment: Environment): KeptWeights {
  const cacheFolder = cacheFolderOf(environment);
  const given = join(cacheFolder, GIVEN);
  return {
    get ready() {
      return existsSync(given) || whereWeights(environment).located !== undefined;
    },
    size: PUBLIC_WEIGHTS.size,
    get given() {
      return existsSync(given) ? given : undefined;
    },
    async fetch(onProgress, signal) {
      await fetchWeights({
        cacheFolder,
        env: environment,
        signal,
        onProgress: ({ received, total }) => onProgress(received, total),
      });
    },
    async take(file) {
      await mkdir(cacheFolder, { recursive: true });
      const trial = `${given}.part`;
      await withLock(given, { onWait: () => {} }, async () => {
        try {
          await pipeline(piecesOf(file), createWriteStream(trial));
          const { isPublicFile } = await checkWeights(trial);
          await rename(trial, isPublicFile ? join(cacheFolder, PUBLIC_WEIGHTS.name) : given);
        } finally {
          await rm(trial, { force: true });
        }
      });
    },
  };
}

const PIECE = 4_000_000;

/** A file in pieces, so that it is never in memory as a whole. */
async function* piecesOf(file: Blob): AsyncGenerator<Uint8Array> {
  for (let begin = 0; begin < file.size; begin += PIECE) {
    yield new Uint8Array(await file.slice(begin, begin + PIECE).arrayBuffer());
  }
}
