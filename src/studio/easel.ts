/**
 * Paints one run at a time: prepares it, follows it, and keeps what comes of it, however it ends.
 * @module
 */
import type { JobIo } from "../job/job.ts";
import { inputsOf } from "../job/recipe.ts";
import type { JobRunner } from "../job/runner.ts";
import type { Stylization } from "../transfer/iterate.ts";
import { UnfinishedError } from "../transfer/unfinished.ts";
import { failureOf, isFinal } from "./failure.ts";
import { Losses } from "./losses.ts";
import type { Pace } from "./pace.ts";
import { type Painted, Painting } from "./painting.ts";
import type { Pictures } from "./pictures.ts";
import type { Platform } from "./platform.ts";
import { Previews } from "./previews.ts";
import { type RunRecord, runName } from "./run-record.ts";
import type { Runners } from "./runners.ts";
import type { Runs } from "./runs.ts";
import type { Versions } from "./versions.ts";

/** What an easel works with. */
export interface EaselTools {
  readonly platform: Platform;
  readonly runs: Runs;
  readonly versions: Versions;
  readonly pictures: Pictures;
  readonly runners: Runners;
  readonly pace: Pace;
  /** Milliseconds between two states that are saved. */
  readonly betweenStates: number;
  /** Whether somebody watches. */
  watched(): boolean;
}

/** Where runs are painted. */
export class Easel {
  readonly #tools: EaselTools;
  #painting: Painting | undefined;
  /** Those that are to be removed, and of which nothing more is kept. */
  readonly #abandoned = new Set<string>();
  #previews: { readonly id: string; readonly previews: Previews } | undefined;

  constructor(tools: EaselTools) {
    this.#tools = tools;
  }

  /** A run, if it is the one at work. */
  at(id: string): Painting | undefined {
    return this.#painting?.id === id ? this.#painting : undefined;
  }

  /** The previews of a run, if it is the one that was painted last, and watched to its end. */
  previewsOf(id: string): Previews | undefined {
    return this.#previews?.id === id ? this.#previews.previews : undefined;
  }

  /** Stops what is at work, and keeps it. */
  stop(): void {
    this.#painting?.stop();
  }

  /** Stops a run, and keeps nothing of it. */
  abandon(id: string): void {
    const painting = this.at(id);
    if (painting === undefined) return;
    this.#abandoned.add(id);
    painting.abandon();
  }

  /** Paints a run to its end, or until it is stopped or fails: never throws. */
  async paint(id: string): Promise<void> {
    const painting = this.#begin(id);
    let broken = false;
    let error: unknown;
    try {
      const runner = await this.#open(id);
      const painted = await painting.paint(runner, this.#ioOf(id)).catch((cause: unknown) => {
        broken = !isFinal(cause);
        throw cause;
      });
      if (!this.#abandoned.has(id)) await this.#keep(painting, painted, runner);
    } catch (cause) {
      error = cause;
      if (!this.#abandoned.has(id)) await this.#fail(painting, cause);
    }
    this.#abandoned.delete(id);
    painting.end(error);
    this.#painting = undefined;
    await this.#tools.runners.ended(broken);
    await painting.losses.save(this.#tools.platform.store, id).catch(() => {});
  }

  /** At once, so that it can be stopped from the beginning. */
  #begin(id: string): Painting {
    const { platform, runs, versions, betweenStates, watched } = this.#tools;
    const { store } = platform;
    const previews = new Previews({
      encode: (picture) => platform.encodePreview(picture),
      watched,
      made: () => {
        if (runs.has(id)) runs.goOn(id, (record) => ({ ...record, preview: record.preview + 1 }));
      },
    });
    const losses = new Losses();
    const painting = new Painting(id, { store, runs, versions, previews, losses, betweenStates });
    this.#painting = painting;
    return painting;
  }

  async #open(id: string): Promise<JobRunner> {
    const { runs, runners } = this.#tools;
    await runs.settle(id, ({ failure: _, ...record }) => ({
      ...record,
      status: "preparing",
      phase: "Opening the network",
      resumable: false,
    }));
    return runners.forRunning(runs.get(id).job.network.name);
  }

  #ioOf(id: string): JobIo {
    const { runs, pictures } = this.#tools;
    let left = inputsOf(runs.get(id).job).length;
    const phase = (phase: string): void => runs.goOn(id, (record) => ({ ...record, phase }));
    return {
      read: async (input, neededSize) => {
        phase("Reading the pictures");
        const picture = await pictures.read(input, neededSize);
        left -= 1;
        if (left === 0) phase("Measuring the painting");
        return picture;
      },
      handsOver: true,
    };
  }

  /** Keeps the picture that a run ended with. */
  async #keep(painting: Painting, { result, state, scale }: Painted, runner: JobRunner): Promise<void> {
    const { id } = painting;
    const { runs, versions, platform, pace } = this.#tools;
    const { pixels, counts, steering, versions: kept } = runs.get(id);
    const outcome = { ...result, steered: result.steered || counts !== undefined };
    const steered = { ...(steering && { steering }), ...(counts && { counts }) };
    const own = { picture: result.picture, outcome, steered };
    const name = runName(id, "state");
    if (!result.stopped) {
      await versions.keep(id, { why: "finished", ...own }, finished);
      await platform.store.remove(name);
    } else if (result.evaluations === 0 || kept.at(-1)?.evaluations === result.evaluations) {
      await runs.settle(id, stopped);
    } else {
      await versions.keep(id, { why: "stopped", ...own, state }, (record, { state }) =>
        stopped(state === undefined ? record : { ...record, state }),
      );
      if (runs.get(id).state !== name) await platform.store.remove(name);
    }
    this.#show(painting, result.picture);
    const seen = pixels[scale]?.evaluation ?? 0;
    if (painting.hasBegun) await pace.learn(runner.engine, result.secondsPerEvaluation, seen).catch(() => {});
  }

  /** Says why a run failed, and keeps the best picture before that. */
  async #fail(painting: Painting, error: unknown): Promise<void> {
    const { id } = painting;
    const { runs, versions } = this.#tools;
    const failed = ({ phase: _, ...record }: RunRecord): RunRecord => ({
      ...record,
      status: "failed",
      failure: failureOf(error),
      resumable: !isFinal(error),
    });
    const best = error instanceof UnfinishedError ? error.best : undefined;
    if (best !== undefined) {
      const outcome = { ...best, stopped: true };
      this.#show(painting, best.picture);
      const kept = versions.keep(id, { why: "stopped", picture: best.picture, outcome }, failed);
      if (await kept.then(() => true).catch(() => false)) return;
    }
    // What says so may not be writable either.
    await runs.settle(id, failed).catch(() => runs.change(id, failed));
  }

  #show({ id, previews }: Painting, picture: Stylization["picture"]): void {
    if (!this.#tools.watched()) return;
    previews.show(picture);
    this.#previews = { id, previews };
  }
}

function finished({ phase: _, state: __, ...record }: RunRecord): RunRecord {
  const { progress } = record;
  return {
    ...record,
    status: "finished",
    resumable: false,
    ...(progress && { progress: { ...progress, done: 1, secondsLeft: 0 } }),
  };
}

const stopped = ({ phase: _, ...record }: RunRecord): RunRecord => ({
  ...record,
  status: "stopped",
  resumable: true,
});
