/**
 * Pictures from the studio as the page shows them: one is fetched at a time, of several that are asked for under one name
 * only the newest, and what has gone out of use is forgotten.
 * @module
 */
import { type ReadonlySignal, type Signal, signal } from "@preact/signals";

/** A picture and which one it is. */
export interface Shown {
  readonly key: string;
  readonly blob: Blob;
}

/** Pictures by what they are for. */
export interface Blobs {
  /** The newest that there is for a purpose; an older one stays until then. */
  of(purpose: string): ReadonlySignal<Shown | undefined>;
  /** Asks for a picture; nothing happens where it is there, or on its way. */
  want(purpose: string, key: string, fetch: () => Promise<Blob>): void;
  forget(purpose: string): void;
}

/** More purposes than these are forgotten, the oldest first. */
const MOST = 160;

export function createBlobs(): Blobs {
  const pictures = new Map<string, Signal<Shown | undefined>>();
  const wanted = new Map<string, { readonly key: string; fetch(): Promise<Blob> }>();
  let underWay: { readonly purpose: string; readonly key: string } | undefined;

  const of = (purpose: string): Signal<Shown | undefined> => {
    const known = pictures.get(purpose) ?? signal<Shown | undefined>(undefined);
    if (!pictures.has(purpose)) pictures.set(purpose, known);
    for (const oldest of pictures.keys()) {
      if (pictures.size <= MOST) break;
      pictures.delete(oldest);
    }
    return known;
  };

  async function fetchNext(): Promise<void> {
    const [next] = wanted;
    if (underWay !== undefined || next === undefined) return;
    const [purpose, { key, fetch }] = next;
    wanted.delete(purpose);
    underWay = { purpose, key };
    try {
      const blob = await fetch();
      of(purpose).value = { key, blob };
    } catch {
      // The next event, or the next look, asks again.
    } finally {
      underWay = undefined;
      void fetchNext();
    }
  }

  return {
    of,
    want(purpose, key, fetch) {
      const isUnderWay = underWay?.purpose === purpose && underWay.key === key;
      if (isUnderWay || of(purpose).peek()?.key === key) return;
      wanted.set(purpose, { key, fetch });
      void fetchNext();
    },
    forget(purpose) {
      wanted.delete(purpose);
      pictures.delete(purpose);
    },
  };
}
