/**
 * The studio within the browser. Each page has a worker that stands ready; one worker of all pages at this place has the
 * studio, and the next has it once that one's page is closed.
 * @module
 */
import { errorFrom, type PlainError } from "../../job/messages.ts";
import type { StudioEngine } from "../engine.ts";
import { linkStudio } from "../web/link-studio.ts";
import { channelAt, lockOfPage, type Place } from "../web/place.ts";

/**
 * Opens the studio that is in this browser.
 * @param page the folder that the page was served from. Pages of different folders have different studios.
 */
export async function openLocalEngine(page = new URL("./", document.baseURI)): Promise<StudioEngine> {
  const place: Place = { name: `impasto ${page.pathname}`, page: page.href };
  const client = await nameThisPage(place);
  const { engine, fail } = linkStudio(channelAt(place), client);
  const worker = new Worker(new URL("../web/studio-worker.ts", import.meta.url), { type: "module" });
  worker.onmessage = ({ data }: MessageEvent<PlainError>) => fail(errorFrom(data));
  worker.onerror = ({ message }) =>
    fail(new Error(message || "The worker of the studio could not be started."));
  worker.postMessage(place);
  return { ...engine, begin: onceBefore(() => askToKeep().catch(() => {}), engine.begin) };
}

/** The name of the page, which it has again when it is loaded again; a copy of the page has another. */
async function nameThisPage(place: Place): Promise<string> {
  const key = `${place.name} page`;
  const before = sessionStorage.getItem(key);
  const client = before !== null && (await holdWhileOpen(place, before)) ? before : crypto.randomUUID();
  if (client !== before) await holdWhileOpen(place, client);
  sessionStorage.setItem(key, client);
  return client;
}

/** Takes the lock by which others know that the page is open. @returns false where another page has it. */
const holdWhileOpen = (place: Place, client: string): Promise<boolean> =>
  new Promise((resolve, reject) => {
    navigator.locks
      .request(lockOfPage(place, client), { ifAvailable: true }, (lock) => {
        resolve(lock !== null);
        return lock === null ? undefined : new Promise<never>(() => {});
      })
      .catch(reject);
  });

/** Lets something be done before the first call, which does not wait for it. */
function onceBefore<Words extends readonly unknown[], Result>(
  first: () => unknown,
  call: (...words: Words) => Result,
): (...words: Words) => Result {
  let done = false;
  return (...words) => {
    if (!done) first();
    done = true;
    return call(...words);
  };
}

/** Asks the browser not to throw pictures away for want of room. Some ask the person, and so it is not done before there are any. */
async function askToKeep(): Promise<void> {
  if (!(await navigator.storage.persisted())) await navigator.storage.persist();
}
