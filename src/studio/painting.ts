/**
 * A run at work: follows it from evaluation to evaluation, and does between two of them what was asked for meanwhile. The
 * run waits only while its picture and its state are copied; everything is written beside it.
 * @module
 */
import { ImpastoError } from "../errors.ts";
import type { JobIo } from "../job/job.ts";
import { lossesOf, type Outcome } from "../job/recipe.ts";
import type { JobRunner } from "../job/runner.ts";
import { loadRun, savedParts } from "../job/saved-run.ts";
import type { Iterate, Stylization } from "../transfer/iterate.ts";
import type { Steering } from "../transfer/options.ts";
import type { RunState } from "../transfer/run-state.ts";
import type { Losses } from "./losses.ts";
import type { Store } from "./platform.ts";
import type { Previews } from "./previews.ts";
import { type RunRecord, runName } from "./run-record.ts";
import type { Runs } from "./runs.ts";
import type { Versions } from "./versions.ts";

/** What a painting works with. */
export interface PaintingTools {
  readonly store: Store;
  readonly runs: Runs;
  readonly versions: Versions;
  readonly previews: Previews;
  readonly losses: Losses;
  /** Milliseconds between two states that are saved. */
  readonly betweenStates: number;
}

/** Somebody who waits for a version. */
interface Wish {
  /** What is to count once it is kept; nothing where it is only to be kept. */
  readonly steering?: Pick<RunRecord, "steering" | "counts">;
  resolve(): void;
  reject(error: unknown): void;
}

/** What came of a painting. */
export interface Painted {
  readonly result: Stylization;
  /** The state where it was stopped, unless the one that was saved is of that evaluation. */
  readonly state: RunState | undefined;
  /** The size that was reached, from 0. */
  readonly scale: number;
}

/** One run, from its beginning or from where it is gone on with, to its end. */
export class Painting {
  readonly id: string;
  readonly #tools: PaintingTools;
  readonly #controller = new AbortController();
  #wishes: Wish[] = [];
  /** What the run is told to count; nothing where its state says so already. */
  #told: Steering | undefined;
  #evaluations = 0;
  #scale = 0;
  /** Whether something was made that no state has. */
  #unsaved = false;
  #savedAt = performance.now();
  #saving: Promise<void> | undefined;
  #stopping = false;
  #stoppedAt: RunState | undefined;

  constructor(id: string, tools: PaintingTools) {
    this.id = id;
    this.#tools = tools;
  }

  get previews(): Previews {
    return this.#tools.previews;
  }

  get losses(): Losses {
    return this.#tools.losses;
  }

  /** Whether there is a picture yet. */
  get hasBegun(): boolean {
    return this.#evaluations > 0;
  }

  /** Stops it within one evaluation, once what was made can be gone on with. */
  stop(): void {
    this.#stopping = true;
    if (!this.#unsaved) this.#controller.abort();
  }

  /** Stops it, and what was made is of no use to anybody. */
  abandon(): void {
    this.#controller.abort();
  }

  /** Keeps a version at the next evaluation, and then counts otherwise, if that is asked for. Wishes are met together. */
  wish(steering?: Pick<RunRecord, "steering" | "counts">): Promise<void> {
    if (!this.hasBegun && steering !== undefined) {
      this.#steer(steering);
      return this.#tools.runs.save(this.id);
    }
    return new Promise((resolve, reject) => {
      this.#wishes.push({ ...(steering === undefined ? {} : { steering }), resolve, reject });
    });
  }

  /** What was asked for last, met or not. */
  get wished(): Pick<RunRecord, "steering" | "counts"> {
    return this.#wishes.findLast(({ steering }) => steering !== undefined)?.steering ?? this.#run;
  }

  /**
   * Paints.
   * @throws what the run throws.
   */
  async paint(runner: JobRunner, io: JobIo): Promise<Painted> {
    const from = await this.#from();
    // A run goes on without its chart.
    await this.#tools.losses.load(this.#tools.store, this.id).catch(() => {});
    const { job, counts } = this.#run;
    this.#evaluations = from === undefined ? 0 : from.evaluationsBefore + from.evaluation;
    this.#scale = from?.scale ?? 0;
    this.#tools.losses.cut(this.#evaluations);
    this.#told = JSON.stringify(from?.steering) === JSON.stringify(counts) ? undefined : counts;
    const controls = { signal: this.#controller.signal, steer: () => this.#told, from, saved: true };
    const ends = (): Promise<unknown> => Promise.all([this.#saving, this.#tools.previews.end()]);
    try {
      const result = await runner.run(job, io, controls, (iterate) => this.#see(iterate));
      return { result, state: this.#stoppedAt, scale: this.#scale };
    } finally {
      await ends();
    }
  }

  /** Nothing was painted any more after what was asked for: says so, or leaves it for when the run is gone on with. */
  end(error?: unknown): void {
    const { steering } = this.#wishes.findLast((wish) => wish.steering !== undefined) ?? {};
    const isOver = this.#run.status === "finished" || this.#run.status === "failed";
    if (steering !== undefined && !isOver) this.#steer(steering);
    for (const wish of this.#wishes.splice(0)) {
      if (error !== undefined) wish.reject(error);
      else if (isOver && wish.steering !== undefined) {
        wish.reject(new ImpastoError("The picture was finished before it could be steered."));
      } else wish.resolve();
    }
  }

  get #run(): RunRecord {
    return this.#tools.runs.get(this.id);
  }

  async #from(): Promise<RunState | undefined> {
    const { state: name } = this.#run;
    if (name === undefined) return undefined;
    const bytes = await this.#tools.store.read(name);
    if (bytes === undefined) {
      throw new ImpastoError("What the run was to go on from is not there any more: begin it anew.");
    }
    return loadRun(bytes, "What the run was to go on from").state;
  }

  /** Told of each evaluation; the run waits for it. */
  async #see(iterate: Iterate): Promise<void> {
    this.#evaluations += 1;
    this.#scale = iterate.scale - 1;
    this.#unsaved = true;
    this.#tools.losses.add(this.#evaluations, lossesOf(iterate.loss));
    this.#report(iterate);
    const wishes = this.#wishes.splice(0);
    const isDue = this.#isStateDue(iterate);
    const isShown = this.#tools.previews.isDue;
    try {
      const [picture, state] = await Promise.all([
        wishes.length > 0 || isShown ? iterate.picture() : undefined,
        wishes.length > 0 || isDue || this.#stopping ? iterate.state() : undefined,
      ]);
      if (picture && isShown) this.#tools.previews.show(picture);
      if (picture && state && wishes.length > 0) this.#grant(wishes, iterate, picture, state);
      if (state && isDue) this.#save(state);
      // Whoever asked to stop while the state was copied is served as well.
      if (state && this.#stopping) {
        this.#stoppedAt = state;
        this.#unsaved = false;
        this.#controller.abort();
      }
    } catch (error) {
      // What could not be read of a device: if it is lost, the run itself fails next.
      for (const wish of wishes) wish.reject(error);
    }
  }

  /** At the end of a size as well: what comes next takes long, and may be stopped in its midst. */
  #isStateDue({ evaluation, evaluations, scale, scales }: Iterate): boolean {
    const endsSize = evaluation === evaluations && scale < scales;
    const isTime = performance.now() - this.#savedAt >= this.#tools.betweenStates;
    return (endsSize || isTime) && this.#saving === undefined;
  }

  #save(state: RunState): void {
    const { store, runs, losses } = this.#tools;
    const name = runName(this.id, "state");
    this.#unsaved = false;
    this.#savedAt = performance.now();
    const write = async (): Promise<void> => {
      await store.write(name, savedParts({ job: this.#run.job, state }));
      await losses.save(store, this.id);
      if (this.#run.state === name) return;
      runs.change(this.id, (record) => ({ ...record, state: name }));
      await runs.save(this.id);
    };
    this.#saving = write()
      .catch(() => {
        // The state before stays, and the work itself has not failed.
        this.#unsaved = true;
      })
      .finally(() => {
        this.#saving = undefined;
      });
  }

  /** Keeps one version for all who wish one, and counts what was wished last. */
  #grant(wishes: readonly Wish[], { loss }: Iterate, picture: Stylization["picture"], state: RunState): void {
    const { steering } = wishes.findLast((wish) => wish.steering !== undefined) ?? {};
    const { steering: asked, counts } = this.#run;
    const outcome: Outcome = {
      loss,
      evaluations: this.#evaluations,
      stopped: true,
      plan: state.plan,
      steered: counts !== undefined,
    };
    const why = steering === undefined ? "saved" : "steered";
    const steered = { ...(asked && { steering: asked }), ...(counts && { counts }) };
    const keeping = this.#tools.versions.keep(this.id, { why, picture, outcome, state, steered });
    if (steering !== undefined) this.#steer(steering);
    keeping.then(
      () => {
        for (const wish of wishes) wish.resolve();
      },
      (error: unknown) => {
        for (const wish of wishes) wish.reject(error);
      },
    );
  }

  #steer(steering: Pick<RunRecord, "steering" | "counts">): void {
    this.#told = steering.counts;
    this.#tools.runs.change(this.id, (record) => ({ ...record, ...steering }));
  }

  #report({ scale, scales, size, evaluation, evaluations, secondsLeft, loss }: Iterate): void {
    const progress = {
      scale,
      scales,
      ...size,
      evaluation,
      evaluations,
      done: this.#done(evaluation, evaluations),
      ...(secondsLeft === undefined ? {} : { secondsLeft }),
      loss: lossesOf(loss),
    };
    if (this.#run.status === "running") {
      this.#tools.runs.goOn(this.id, (record) => ({ ...record, progress }));
      return;
    }
    this.#tools.runs.change(this.id, ({ phase: _, ...record }) => ({
      ...record,
      status: "running",
      progress,
    }));
    void this.#tools.runs.save(this.id).catch(() => {});
  }

  /** The part of the work that is done, by what each size costs. */
  #done(evaluation: number, evaluations: number): number {
    const { pixels } = this.#run;
    const sum = (some: RunRecord["pixels"]): number => some.reduce((total, { all }) => total + all, 0);
    const here = pixels[this.#scale]?.all ?? 0;
    const all = sum(pixels);
    return all === 0 ? 0 : (sum(pixels.slice(0, this.#scale)) + (here * evaluation) / evaluations) / all;
  }
}
