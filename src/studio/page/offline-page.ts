/**
 * The page's side of its service worker: it is registered, and where it can isolate a page that was served without what threads
 * need, the page is loaded once more, unless somebody has begun to use it.
 * @module
 */

/** Remembers that the page was loaded once more, so that it is not done for ever. */
const RELOADED = "impasto reloaded";

/**
 * Registers the service worker beside the page.
 * @param untouched whether nobody has begun to use the page.
 */
export async function workOffline(untouched: () => boolean): Promise<void> {
  if (!("serviceWorker" in navigator)) return;
  const { serviceWorker } = navigator;
  await serviceWorker.register(new URL("service-worker.js", document.baseURI));
  const { active } = await serviceWorker.ready;
  if (crossOriginIsolated || !untouched() || sessionStorage.getItem(RELOADED) !== null) {
    active?.postMessage("keep");
    return;
  }
  sessionStorage.setItem(RELOADED, "yes");
  location.reload();
}

/** Watches for the first key or press. @returns whether there was none yet. */
export function watchForUse(): () => boolean {
  const first = new AbortController();
  for (const kind of ["pointerdown", "keydown", "drop", "paste"] as const) {
    addEventListener(kind, () => first.abort(), { capture: true, once: true, signal: first.signal });
  }
  return () => !first.signal.aborted;
}
