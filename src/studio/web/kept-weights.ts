/**
 * VGG-19's weights in a browser: fetched when somebody asks for them, from beside the page or from where they are public, or
 * taken from a file, and kept in the browser's cache once they were read as what they should be.
 * @module
 */
import { ImpastoError } from "../../errors.ts";
import { blobSource } from "../../network/byte-source.ts";
import { PUBLIC_FILE, PUBLIC_FOLDER, PUBLIC_SIZE } from "../../network/public-file.ts";
import { readWeightsFrom } from "../../network/read-weights.ts";

/** Says how far a download is, in bytes. */
export type OnProgress = (done: number, total: number) => void;

/** The weights as far as they are here. */
export interface KeptWeights {
  /** Whether they are here. */
  readonly ready: boolean;
  /** The file. @throws ImpastoError when it is not here. */
  file(): Promise<Blob>;
  /** Fetches them. @throws ImpastoError when they cannot be had; the signal's reason, once it stops that. */
  fetch(onProgress: OnProgress, signal?: AbortSignal): Promise<void>;
  /** Takes a file of them. @throws ImpastoError for one that is damaged, or of something else. */
  take(file: Blob, name: string): Promise<void>;
}

/**
 * Looks whether the weights are here.
 * @param place what the cache is called.
 * @param page the folder of the page, in which a host may offer `weights/`.
 */
export async function openKeptWeights(place: string, page: URL): Promise<KeptWeights> {
  const cache = await caches.open(`${place} weights`);
  const key = new URL(`weights/${PUBLIC_FILE}`, page);
  let ready = (await cache.match(key)) !== undefined;

  async function take(file: Blob, name: string): Promise<void> {
    await readWeightsFrom(blobSource(file, name));
    await cache.put(key, new Response(file));
    ready = true;
  }
  return {
    get ready() {
      return ready;
    },
    async file() {
      const kept = await cache.match(key);
      if (kept === undefined) {
        ready = false;
        throw new ImpastoError("The browser has let go of VGG-19's weights: fetch them again.", {
          lacks: "weights",
        });
      }
      return kept.blob();
    },
    async fetch(onProgress, signal) {
      const reach = { onProgress, signal };
      const beside = await download(key, reach).catch(() => undefined);
      await take(beside ?? (await downloadPublic(reach)), PUBLIC_FILE);
    },
    take,
  };
}

/** How something is fetched. */
interface Reach {
  readonly onProgress: OnProgress;
  readonly signal: AbortSignal | undefined;
}

function downloadPublic(reach: Reach): Promise<Blob> {
  const address = new URL(PUBLIC_FILE, PUBLIC_FOLDER);
  return download(address, reach).catch((cause: unknown) => {
    reach.signal?.throwIfAborted();
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ImpastoError(
      `VGG-19's weights cannot be fetched (${reason}): look at the connection and try again, or fetch ${address} by other means and give the file to this page.`,
      { cause, lacks: "weights" },
    );
  });
}

/** @throws Error with a reason. */
async function download(address: URL, { onProgress, signal }: Reach): Promise<Blob> {
  const answer = await fetch(address, { cache: "no-store", credentials: "omit", signal: signal ?? null });
  if (!answer.ok || answer.body === null) throw new Error(`status ${answer.status}`);
  // A host that has a page for everything that is not there.
  if (answer.headers.get("Content-Type")?.startsWith("text/")) throw new Error("it is a text");
  const total = Number(answer.headers.get("Content-Length")) || PUBLIC_SIZE;
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let done = 0;
  const reader = answer.body.getReader();
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    parts.push(part.value);
    done += part.value.length;
    onProgress(done, total);
  }
  return new Blob(parts);
}
