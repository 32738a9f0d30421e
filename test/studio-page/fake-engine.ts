/**
 * An engine that paints nothing and says that it does: pictures are held, runs go on by themselves, and what was asked of it is
 * written down.
 * @module
 */
import { ImpastoError } from "../../src/errors.ts";
import type { Recipe } from "../../src/job/recipe.ts";
import type {
  Failure,
  LossPoint,
  Run,
  RunRequest,
  StoredPicture,
  StudioEngine,
  StudioEvent,
  Version,
} from "../../src/studio/engine.ts";
import { parseOptions, type Steering } from "../../src/transfer/options.ts";
import { dabs, type Held, shown } from "./drawing.ts";

/** What was asked. */
export interface Call {
  readonly name: string;
  readonly said: unknown;
}

/** The engine, and what a test does to it. */
export interface FakeEngine extends StudioEngine {
  readonly calls: readonly Call[];
  readonly held: ReadonlyMap<string, Held>;
  /** Whether runs go on by themselves; else {@link advance} has to be called. */
  play(on: boolean): void;
  advance(steps: number): void;
  say(event: StudioEvent): void;
  fail(failure: Failure): void;
  /** The next picture that is given carries this. */
  carry(recipe: unknown): void;
  recipe(): Recipe | undefined;
}

const STEPS = 60;
const PACE = 60;

export function fakeEngine(): FakeEngine {
  const client = "this-page";
  const calls: Call[] = [];
  const held = new Map<string, Held>();
  const runs = new Map<string, Run>();
  const listeners = new Set<(event: StudioEvent) => void>();
  const kept = new Map<string, Blob>();
  let next = 0;
  let playing = true;
  let ready = false;
  let carried: unknown;

  const say = (event: StudioEvent): void => {
    for (const listener of listeners) listener(event);
  };
  const note = (name: string, said?: unknown): void => void calls.push({ name, said });
  const runOf = (id: string): Run => {
    const run = runs.get(id);
    if (run === undefined) throw new ImpastoError("There is no such run.");
    return run;
  };
  function set(id: string, change: Partial<Run>): Run {
    const old = runOf(id);
    const run = { ...old, ...change, revision: old.revision + 1 };
    runs.set(id, run);
    say({ kind: "run", run });
    return run;
  }
  const heldAt = (id: string): Held => {
    const picture = held.get(id);
    if (picture === undefined) throw new ImpastoError("There is no such picture.");
    return picture;
  };
  function recipeOf(run: Run): Recipe {
    const { strength: _, ...options } = run.request.options;
    return {
      software: "impasto 0.1.0",
      options: parseOptions(options),
      network: { name: "built-in", checksum: "0" },
      device: "cpu",
      content: { name: heldAt(run.request.content).name, checksum: run.request.content },
      styles: run.request.styles.map(({ id, weight }) => ({ name: heldAt(id).name, checksum: id, weight })),
      size: { width: run.width, height: run.height },
      evaluations: run.progress?.evaluation ?? 0,
      stopped: run.status === "stopped",
      loss: run.progress?.loss ?? {},
    };
  }
  const draw = (run: Run): Promise<Blob> =>
    dabs(
      heldAt(run.request.content),
      run.request.styles.map(({ id }) => heldAt(id)),
      run,
    );

  async function keep(id: string, why: Version["why"]): Promise<Run> {
    const run = runOf(id);
    next += 1;
    const version: Version = {
      id: `v${next}`,
      why,
      width: run.width,
      height: run.height,
      evaluations: run.progress?.evaluation ?? 0,
      starred: false,
      removed: false,
      resumable: false,
      recipe: recipeOf(run),
      file: `cat-starry_night-${next}.png`,
    };
    kept.set(version.id, await draw(run));
    return set(id, { versions: [...runOf(id).versions, version] });
  }
  function step(id: string): void {
    const run = runs.get(id);
    if (run === undefined || (run.status !== "running" && run.status !== "preparing")) return;
    const evaluation = (run.progress?.evaluation ?? 0) + 1;
    const strength = run.steering?.strength ?? run.request.options.strength ?? 0.5;
    const content = 0.3 + 0.4 * strength * (1 - Math.exp(-evaluation / 20));
    const style = (2 - strength) * Math.exp(-evaluation / 15) + 0.1;
    set(id, {
      status: evaluation >= STEPS ? "finished" : "running",
      preview: run.preview + 1,
      progress: {
        scale: evaluation > 30 ? 2 : 1,
        scales: 2,
        width: run.width,
        height: run.height,
        evaluation,
        evaluations: STEPS,
        done: evaluation / STEPS,
        ...(evaluation < 3 ? {} : { secondsLeft: (STEPS - evaluation) * 0.8 }),
        loss: { total: content + style + 0.02, content, style, smoothness: 0.02 },
      },
    });
    if (evaluation >= STEPS) void keep(id, "finished");
  }
  setInterval(() => {
    if (!playing) return;
    for (const run of runs.values()) {
      if (run.status === "waiting") set(run.id, { status: "preparing", phase: "Measuring the painting" });
      else step(run.id);
      if (run.status !== "finished" && run.status !== "stopped" && run.status !== "failed") break;
    }
  }, PACE);

  return {
    client,
    calls,
    held,
    say,
    play: (on) => {
      playing = on;
    },
    advance(steps) {
      for (const { id } of [...runs.values()]) for (let i = 0; i < steps; i++) step(id);
    },
    fail(failure) {
      for (const { id } of [...runs.values()]) set(id, { status: "failed", failure, resumable: false });
    },
    carry: (recipe) => {
      carried = recipe;
    },
    recipe: () => [...runs.values()].at(-1)?.versions.at(-1)?.recipe,
    async about() {
      return {
        kind: "browser",
        software: "impasto 0.1.0",
        machine: "2 threads of the processor",
        note: "This browser has no WebGPU: it is painted on the processor, slower.",
        networks: [
          { name: "built-in", ready: true },
          { name: "vgg19", ready, fetch: 80_000_000 },
        ],
        memory: 4e9,
        size: 384,
      };
    },
    watch(listener) {
      listeners.add(listener);
      setTimeout(() => listener({ kind: "all", runs: [...runs.values()], steering: client }));
      return () => listeners.delete(listener);
    },
    async takeOver() {
      note("takeOver");
      say({ kind: "steering", client });
    },
    async addPicture(file, name): Promise<StoredPicture> {
      const picture = await shown(file, name);
      held.set(picture.id, picture);
      note("addPicture", name);
      const recipe = carried;
      carried = undefined;
      const { id, width, height } = picture;
      return { id, name, width, height, notes: [], ...(recipe === undefined ? {} : { recipe }) };
    },
    picture: async (id) => heldAt(id).blob,
    async estimate({ content, options }) {
      const { width, height } = heldAt(content);
      const ratio = (options.size ?? 384) / Math.max(width, height);
      const size = { width: Math.round(width * ratio), height: Math.round(height * ratio) };
      const memory = 3e8 + 2000 * size.width * size.height;
      return {
        ...size,
        memory,
        seconds: (size.width * size.height) / 4000,
        blocks: false,
        ...(memory > 4e9
          ? {
              failure: {
                message: "This takes more memory than there is.",
                lacks: "memory",
                longestSide: 1024,
              },
            }
          : {}),
      };
    },
    async begin(request: RunRequest) {
      note("begin", request);
      const { width, height } = await this.estimate(request);
      next += 1;
      const run: Run = {
        id: `r${next}`,
        revision: 1,
        created: 1.7e12 + next,
        request,
        status: "waiting",
        width,
        height,
        preview: 0,
        versions: [],
        resumable: false,
      };
      runs.set(run.id, run);
      say({ kind: "run", run });
      return run;
    },
    runs: async () => [...runs.values()],
    async losses(id): Promise<readonly LossPoint[]> {
      const { evaluation = 0 } = runOf(id).progress ?? {};
      return Array.from({ length: evaluation }, (_, step) => {
        const [content, style] = [0.3 + 0.2 * (1 - Math.exp(-step / 20)), 1.5 * Math.exp(-step / 15) + 0.1];
        return { evaluations: step + 1, loss: { total: content + style, content, style, smoothness: 0.02 } };
      });
    },
    async preview(id) {
      note("preview", id);
      return draw(runOf(id));
    },
    async steer(id, steering: Steering) {
      note("steer", steering);
      await keep(id, "steered");
      return set(id, { steering: { ...runOf(id).steering, ...steering } });
    },
    keep: (id) => keep(id, "saved"),
    async stop(id) {
      note("stop");
      set(id, { status: "stopped", resumable: true });
      return keep(id, "stopped");
    },
    async resume(id) {
      note("resume");
      return set(id, { status: "running", resumable: false });
    },
    async discard(id) {
      note("discard", id);
      runs.delete(id);
      say({ kind: "discarded", id });
    },
    async star(id, version, starred) {
      const { versions } = runOf(id);
      return set(id, { versions: versions.map((one) => (one.id === version ? { ...one, starred } : one)) });
    },
    async remove(id, version, removed) {
      note("remove", removed);
      const { versions } = runOf(id);
      return set(id, { versions: versions.map((one) => (one.id === version ? { ...one, removed } : one)) });
    },
    async versionPicture(_, version) {
      const blob = kept.get(version);
      if (blob === undefined) throw new ImpastoError("There is no such version.");
      return blob;
    },
    async fetchWeights() {
      note("fetchWeights");
      for (const done of [12e6, 40e6, 80e6]) {
        say({ kind: "weights", done, total: 80e6 });
        await new Promise((resolve) => setTimeout(resolve, PACE));
      }
      ready = true;
    },
    async addWeights(_, name) {
      note("addWeights", name);
    },
  };
}
