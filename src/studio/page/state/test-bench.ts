/**
 * What tests of the page's state stand on: a clock that goes when it is told to, a browser that is none, and a studio that
 * answers at once and writes down what it was asked.
 * @module
 */
import type { Run, RunRequest, StudioEngine, StudioEvent, Version } from "../../engine.ts";
import type { Clock } from "./clock.ts";
import type { Ports } from "./ports.ts";
import { createPageState, type PageState } from "./studio.ts";

/** A clock that goes when it is told to. */
export interface TestClock extends Clock {
  /** Lets time pass, and what was waiting for it happen. */
  pass(milliseconds: number): Promise<void>;
}

export function testClock(): TestClock {
  let now = 0;
  let timers: readonly { readonly at: number; call(): void }[] = [];
  return {
    now: () => now,
    after(milliseconds, call) {
      const timer = { at: now + milliseconds, call };
      timers = [...timers, timer];
      return () => {
        timers = timers.filter((other) => other !== timer);
      };
    },
    async pass(milliseconds) {
      const end = now + milliseconds;
      for (;;) {
        const [next] = timers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at);
        if (next === undefined) break;
        timers = timers.filter((timer) => timer !== next);
        now = next.at;
        next.call();
        await settled();
      }
      now = end;
    },
  };
}

/** Until what was answered has been taken in. */
export const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

export const idOf = (name: string): string =>
  [...name]
    .map((letter) => letter.charCodeAt(0).toString(16))
    .join("")
    .padEnd(64, "0")
    .slice(0, 64);

/** A studio on a bench. */
export interface Bench {
  readonly page: PageState;
  readonly clock: TestClock;
  readonly asked: readonly { readonly name: string; readonly said: unknown }[];
  readonly saved: readonly string[];
  readonly memory: { text: string | undefined };
  /** What was asked under one name. */
  of(name: string): readonly unknown[];
  say(event: StudioEvent): void;
  change(id: string, change: Partial<Run>): void;
  run(): Run;
}

/** Opens a page's state and lets it settle. */
export async function openBench(
  options: {
    readonly memory?: string;
    readonly recipe?: unknown;
    readonly steering?: string;
    readonly runs?: readonly Run[];
  } = {},
): Promise<Bench> {
  const asked: { name: string; said: unknown }[] = [];
  const saved: string[] = [];
  const memory = { text: options.memory };
  const runs = new Map((options.runs ?? []).map((run) => [run.id, run]));
  const clock = testClock();
  let listener = (_event: StudioEvent): void => undefined;
  const found = (id: string): Run => {
    const run = runs.get(id);
    if (run === undefined) throw new Error(`no run ${id}`);
    return run;
  };
  const change = (id: string, wanted: Partial<Run>): Run => {
    const run = { ...found(id), ...wanted, revision: found(id).revision + 1 };
    runs.set(id, run);
    listener({ kind: "run", run });
    return run;
  };
  const note = (name: string, said?: unknown): void => void asked.push({ name, said });
  const keep = (id: string, why: Version["why"]): Run =>
    change(id, { versions: [...found(id).versions, versionOf(found(id), why)] });
  const engine: StudioEngine = {
    client: "me",
    about: async () => ({ kind: "server", software: "", machine: "", networks: [], size: 512 }),
    watch(wanted) {
      listener = wanted;
      queueMicrotask(() =>
        wanted({ kind: "all", runs: [...runs.values()], steering: options.steering ?? "me" }),
      );
      return () => undefined;
    },
    takeOver: async () => note("takeOver"),
    async addPicture(_, name) {
      note("addPicture", name);
      if (name.endsWith(".txt")) throw new Error(`${name} is no picture.`);
      return {
        id: idOf(name),
        name,
        width: 640,
        height: 480,
        notes: [],
        ...(name.startsWith("impasto") ? { recipe: options.recipe } : {}),
      };
    },
    picture: async () => new Blob(["picture"]),
    async estimate(request) {
      note("estimate", request);
      return { width: 512, height: 384, memory: 1e9, blocks: false };
    },
    async begin(request) {
      note("begin", request);
      const run = runOf(`r${runs.size + 1}`, request, runs.size);
      runs.set(run.id, run);
      return run;
    },
    runs: async () => [...runs.values()],
    losses: async () => [],
    preview: async () => new Blob(["preview"]),
    async steer(id, steering) {
      note("steer", steering);
      return change(id, { steering });
    },
    keep: async (id) => keep(id, "saved"),
    async stop(id) {
      note("stop", id);
      change(id, { status: "stopped", resumable: true });
      return keep(id, "stopped");
    },
    resume: async (id) => change(id, { status: "running" }),
    discard: async (id) => {
      note("discard", id);
      runs.delete(id);
    },
    star: async (id) => found(id),
    async remove(id, version, removed) {
      note("remove", removed);
      const { versions } = found(id);
      return change(id, {
        versions: versions.map((one) => (one.id === version ? { ...one, removed } : one)),
      });
    },
    versionPicture: async () => new Blob(["version"]),
    fetchWeights: async () => note("fetchWeights"),
    addWeights: async (_, name) => note("addWeights", name),
  };
  const example = (name: string, of: "photograph" | "painting") => ({
    name,
    title: name,
    of,
    read: async () => new Blob([name]),
  });
  const ports: Ports = {
    clock,
    memory: {
      read: () => memory.text,
      write: (text) => {
        memory.text = text;
      },
    },
    examples: [example("cat.png", "photograph"), example("starry.jpg", "painting")],
    drawMask: async () => new Blob(["mask"]),
    sizeOf: async () => ({ width: 640, height: 480 }),
    shrink: async (blob) => blob,
    save: (_, name) => void saved.push(name),
  };
  const page = createPageState(engine, ports);
  page.start();
  await settled();
  await clock.pass(1000);
  return {
    page,
    clock,
    asked,
    saved,
    memory,
    of: (name) => asked.filter((one) => one.name === name).map(({ said }) => said),
    say: (event) => listener(event),
    change: (id, wanted) => void change(id, wanted),
    run: () => found([...runs.keys()].at(-1) ?? ""),
  };
}

export const runOf = (id: string, request: RunRequest, created = 0): Run => ({
  id,
  revision: 1,
  created,
  request,
  status: "running",
  width: 512,
  height: 384,
  preview: 0,
  versions: [],
  resumable: false,
});

function versionOf({ id, versions, request }: Run, why: Version["why"]): Version {
  const input = (checksum: string) => ({ name: checksum, checksum });
  return {
    id: `${id}-${versions.length}`,
    why,
    width: 512,
    height: 384,
    evaluations: 30,
    starred: false,
    removed: false,
    resumable: false,
    file: `${id}-${versions.length}.png`,
    recipe: {
      software: "",
      options: {
        preset: "impasto",
        styleScale: 1,
        color: "style",
        noiseRatio: 0,
        seed: 0,
        network: "auto",
        convention: "auto",
        device: "auto",
      },
      network: input("0"),
      device: "cpu",
      content: input(request.content),
      styles: request.styles.map((style) => ({ ...input(style.id), weight: style.weight })),
      size: { width: 512, height: 384 },
      evaluations: 30,
      stopped: false,
      loss: {},
    },
  };
}
