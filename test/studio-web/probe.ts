/**
 * What the tests look at within the page of the static studio that no person sees: what its database has of runs, and how that
 * keeps things.
 * @module
 */
import { openIndexedDbStore } from "../../src/studio/web/indexed-db-store.ts";

const actions = {
  /** Each run with its losses, as it is kept. */
  async runs(): Promise<readonly unknown[]> {
    const store = await openIndexedDbStore(`impasto ${new URL("./", document.baseURI).pathname}`);
    const read = async (name: string): Promise<unknown> => {
      const bytes = await store.read(name);
      return bytes && JSON.parse(new TextDecoder().decode(bytes));
    };
    const records = (await store.list("runs/")).filter((name) => name.endsWith("/run.json"));
    return Promise.all(
      records.map(async (name) => ({
        run: await read(name),
        losses: await read(name.replace("run.json", "losses.json")),
      })),
    );
  },

  /** What a store gives for what was written to it, by another opening of it. */
  async store() {
    const name = `store ${crypto.randomUUID()}`;
    const one = await openIndexedDbStore(name);
    await one.write("runs/2/run.json", [Uint8Array.of(9)]);
    await one.write("runs/10/run.json", [Uint8Array.of(1, 2), new Uint8Array(), Uint8Array.of(3)]);
    await one.write("runs/2/run.json", [Uint8Array.of(0, 7, 8, 0).subarray(1, 3)]);
    await one.write("runsome", [new Uint8Array()]);
    await one.write("runs/2/gone", [Uint8Array.of(1)]);
    await one.remove("runs/2/gone");
    await one.remove("runs/never");
    const other = await openIndexedDbStore(name);
    const read = async (file: string) => {
      const bytes = await other.read(file);
      return bytes && [...bytes];
    };
    return {
      runs: await other.list("runs/"),
      all: await other.list(""),
      joined: await read("runs/10/run.json"),
      rewritten: await read("runs/2/run.json"),
      empty: await read("runsome"),
      none: await read("runs/2/gone"),
    };
  },

  /** Waits until the service worker has all that this browser needs. */
  async kept(): Promise<void> {
    const { active } = await navigator.serviceWorker.ready;
    const channel = new MessageChannel();
    const answered = new Promise((resolve) => {
      channel.port1.onmessage = resolve;
    });
    active?.postMessage("keep", [channel.port2]);
    await answered;
  },
};

declare global {
  /** What the tests call. */
  var probe: typeof actions;
}

Object.assign(globalThis, { probe: actions });
