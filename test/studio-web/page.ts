/**
 * What the tests do with the studio within a browser: its engine as the page has it, and its store.
 * @module
 */
import type { Run, RunRequest, StoredPicture, StudioEngine } from "../../src/studio/engine.ts";
import { openLocalEngine } from "../../src/studio/page/local-engine.ts";
import { watchForUse, workOffline } from "../../src/studio/page/offline-page.ts";
import { openIndexedDbStore } from "../../src/studio/web/indexed-db-store.ts";
import type { Steering } from "../../src/transfer/options.ts";

const untouched = watchForUse();
const engine: StudioEngine = await openLocalEngine();
const runs = new Map<string, Run>();
const waiting = new Set<() => void>();
let steering: string | undefined;

engine.watch((event) => {
  if (event.kind === "all") {
    steering = event.steering;
    runs.clear();
    for (const run of event.runs) runs.set(run.id, run);
  }
  if (event.kind === "run") runs.set(event.run.id, event.run);
  if (event.kind === "steering") steering = event.client;
  for (const look of waiting) look();
});

/** Waits for what is found, as events come. */
function once<Found>(find: () => Found | undefined): Promise<Found> {
  return new Promise((resolve) => {
    const look = (): void => {
      const found = find();
      if (found === undefined) return;
      waiting.delete(look);
      resolve(found);
    };
    waiting.add(look);
    look();
  });
}

/** A picture as text, which is all that leaves the page. */
async function textOf(blob: Blob): Promise<string> {
  const bytes = new Uint8Array(await blob.arrayBuffer());
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
}

const actions = {
  isolated: (): boolean => crossOriginIsolated,

  about: () => engine.about(),

  /** Takes a picture that is served beside the page. */
  async take(address: string): Promise<StoredPicture> {
    return engine.addPicture(await (await fetch(address)).blob(), address.replace(/.*\//, ""));
  },

  begin: (request: RunRequest) => engine.begin(request),

  estimate: (request: RunRequest) => engine.estimate(request),

  steer: (id: string, how: Steering) => engine.steer(id, how),

  stop: (id: string) => engine.stop(id),

  resume: (id: string) => engine.resume(id),

  runs: () => engine.runs(),

  losses: (id: string) => engine.losses(id),

  /** Waits until a run has made so many evaluations, of all its sizes, or does not go on. */
  evaluations: (id: string, count: number): Promise<Run> =>
    once(() => {
      const run = runs.get(id);
      const made = run?.progress?.evaluation ?? 0;
      const ended = run?.status === "failed" || run?.status === "finished" || run?.status === "stopped";
      return ended || made >= count ? run : undefined;
    }),

  /** Waits until a run ends in one way or another. */
  ended: (id: string): Promise<Run> =>
    once(() => {
      const run = runs.get(id);
      return run !== undefined && ["failed", "finished", "stopped"].includes(run.status) ? run : undefined;
    }),

  async preview(id: string): Promise<string> {
    const { type, size } = await engine.preview(id);
    return `${type}, ${size > 200 ? "something" : "nothing"}`;
  },

  version: async (id: string, version: string): Promise<string> =>
    textOf(await engine.versionPicture(id, version)),

  /** Gives a version back as a picture to start from. */
  fromVersion: async (id: string, version: string): Promise<StoredPicture> =>
    engine.addPicture(await engine.versionPicture(id, version), "before.png"),

  /** A mask of the left half. */
  async mask(width: number, height: number): Promise<StoredPicture> {
    const canvas = new OffscreenCanvas(width, height);
    const context = canvas.getContext("2d");
    context?.fillRect(0, 0, width, height);
    if (context) context.fillStyle = "white";
    context?.fillRect(0, 0, width / 2, height);
    return engine.addPicture(await canvas.convertToBlob(), "mask.png");
  },

  takeOver: () => engine.takeOver(),

  steers: (): Promise<boolean> =>
    once(() => (steering === undefined ? undefined : steering === engine.client)),

  /** What is said where something is refused. */
  refusal(work: "discard" | "addWeights", id = ""): Promise<string> {
    const asked =
      work === "discard"
        ? engine.discard(id)
        : engine.addWeights(new Blob(["nothing of the kind"]), "some.h5");
    return asked.then(
      () => "no error",
      (error: unknown) => (error instanceof Error ? `${error.name}: ${error.message}` : String(error)),
    );
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
};

declare global {
  /** What the tests call. */
  var studio: typeof actions;
}

Object.assign(globalThis, { studio: actions });
workOffline(untouched).catch((error: unknown) => console.warn(error));
