/**
 * The studio: takes pictures and requests, paints them one after another, keeps what comes of them, and tells of it. It runs
 * wherever its platform does, under Node as in a page.
 * @module
 */
import { ImpastoError, MisuseError } from "../errors.ts";
import { reachedInState } from "../job/job.ts";
import { loadRun } from "../job/saved-run.ts";
import { MemoryError } from "../transfer/memory-error.ts";
import type { Steering } from "../transfer/options.ts";
import { Easel } from "./easel.ts";
import type {
  About,
  Estimate,
  LossPoint,
  Run,
  RunRequest,
  StoredPicture,
  StudioEngine,
  StudioEvent,
} from "./engine.ts";
import { Events, type Listener } from "./events.ts";
import { failureOf } from "./failure.ts";
import { Helm } from "./helm.ts";
import { Losses } from "./losses.ts";
import { Pace } from "./pace.ts";
import { Pictures } from "./pictures.ts";
import { Plans } from "./plans.ts";
import type { Platform } from "./platform.ts";
import { Queue } from "./queue.ts";
import { recover } from "./recover.ts";
import { checkRequest, jobOfRequest } from "./request-job.ts";
import { RUNS, type RunRecord, runName, runOf } from "./run-record.ts";
import { Runners } from "./runners.ts";
import { Runs } from "./runs.ts";
import { clientOf } from "./session.ts";
import { steeredOn } from "./steering.ts";
import { Versions, versionOf } from "./versions.ts";
import { Weights } from "./weights.ts";

/** The most runs that wait. */
const MOST_WAITING = 100;

/** A run's state is saved so often, in seconds. */
const BETWEEN_STATES = 10;

/** How a studio works. */
export interface StudioOptions {
  /** Seconds between two states that are saved. @default 10 */
  readonly betweenStates?: number;
}

/** What a studio does for whoever steers it, and for whoever looks. */
export type StudioMethods = Omit<StudioEngine, "client" | "watch" | "takeOver">;

/** A studio. All methods throw as those of {@link StudioEngine} do. */
export class Studio implements StudioMethods {
  readonly #platform: Platform;
  readonly #events = new Events();
  readonly #helm = new Helm(this.#events);
  readonly #plans = new Plans();
  readonly #runs: Runs;
  readonly #versions: Versions;
  readonly #pictures: Pictures;
  readonly #runners: Runners;
  readonly #weights: Weights;
  readonly #pace: Pace;
  readonly #easel: Easel;
  readonly #queue: Queue;
  /** How many are being taken in. */
  #beginning = 0;
  #created = 0;
  #closed = false;

  private constructor(
    platform: Platform,
    records: readonly RunRecord[],
    pace: Pace,
    { betweenStates = BETWEEN_STATES }: StudioOptions,
  ) {
    this.#platform = platform;
    this.#pace = pace;
    this.#runs = new Runs(platform.store, this.#events, records);
    this.#versions = new Versions(platform, this.#runs);
    this.#pictures = new Pictures(platform);
    this.#runners = new Runners(platform);
    this.#weights = new Weights(platform, this.#events, this.#runners);
    this.#easel = new Easel({
      platform,
      runs: this.#runs,
      versions: this.#versions,
      pictures: this.#pictures,
      runners: this.#runners,
      pace,
      betweenStates: 1000 * betweenStates,
      watched: () => this.#events.watchers > 0,
    });
    this.#queue = new Queue((id) => this.#easel.paint(id));
  }

  /** Opens the studio of a platform, with the runs that its store has. */
  static async open(platform: Platform, options: StudioOptions = {}): Promise<Studio> {
    const { records, interrupted } = await recover(platform.store);
    const studio = new Studio(platform, records, await Pace.read(platform.store), options);
    await studio.#pictures.clean();
    for (const id of interrupted) await studio.#rescue(id).catch(() => {});
    return studio;
  }

  /** The studio as one page has it. The first one steers. */
  connect(client: string): StudioEngine {
    return clientOf(this, this.#helm, client);
  }

  /** Begins to tell what happens. */
  watch(listener: Listener): () => void {
    const all = (): StudioEvent => ({
      kind: "all",
      runs: this.#runs.all().map(runOf),
      steering: this.#helm.client,
    });
    return this.#events.watch(all, listener);
  }

  /** Stops what is at work, so that it can be gone on with, and lets go of everything. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#easel.stop();
    for (const id of await this.#queue.close()) await this.#runs.settle(id, stopped).catch(() => {});
    for (const { id } of this.#runs.all()) await this.#versions.purge(id).catch(() => {});
    await this.#runners.close();
    await this.#runs.close();
  }

  async about(): Promise<About> {
    return { ...this.#platform.about, software: this.#platform.software };
  }

  async addPicture(file: Blob, name: string): Promise<StoredPicture> {
    this.#requireOpen();
    return this.#pictures.add(file, name);
  }

  async picture(id: string, longest: number): Promise<Blob> {
    return this.#pictures.preview(id, longest);
  }

  async estimate(asked: RunRequest): Promise<Estimate> {
    this.#requireOpen();
    const request = checkRequest(asked);
    return this.#runners.use(request.options.network, async (runner) => {
      const { job, sizes } = await jobOfRequest(request, this.#pictures, runner.engine);
      const { size } = job;
      try {
        const { plan, memory, pixels } = await this.#plans.plan(job, sizes, runner);
        const seconds = this.#pace.seconds(runner.engine, pixels);
        const { mostPixels = Number.POSITIVE_INFINITY } = plan.at(-1) ?? {};
        return {
          ...size,
          memory,
          blocks: size.width * size.height > mostPixels,
          ...(seconds === undefined ? {} : { seconds }),
        };
      } catch (error) {
        if (!(error instanceof MemoryError)) throw error;
        return { ...size, memory: error.needed, blocks: true, failure: failureOf(error) };
      }
    });
  }

  async begin(asked: RunRequest): Promise<Run> {
    this.#requireOpen();
    const request = checkRequest(asked);
    this.#requireRoom();
    this.#beginning += 1;
    const place = this.#queue.place();
    // Two that are begun in one millisecond have their order as well.
    this.#created = Math.max(Date.now(), this.#created + 1);
    const created = this.#created;
    try {
      const { job, pixels } = await this.#runners.use(request.options.network, async (runner) => {
        const { job, sizes } = await jobOfRequest(request, this.#pictures, runner.engine);
        return { job, ...(await this.#plans.plan(job, sizes, runner)) };
      });
      this.#requireOpen();
      const id = newId();
      await this.#runs.add({
        id,
        revision: 1,
        created,
        request,
        job,
        pixels: [...pixels],
        status: "waiting",
        preview: 0,
        versions: [],
        named: 0,
        resumable: false,
        discarded: false,
      });
      this.#queue.add(id, place);
      return this.#runs.view(id);
    } finally {
      this.#beginning -= 1;
    }
  }

  async runs(): Promise<readonly Run[]> {
    return this.#runs.all().map(runOf);
  }

  async losses(id: string): Promise<readonly LossPoint[]> {
    this.#runs.get(id);
    const painting = this.#easel.at(id);
    if (painting?.hasBegun) return painting.losses.points;
    const losses = new Losses();
    await losses.load(this.#platform.store, id);
    return losses.points;
  }

  async preview(id: string): Promise<Blob> {
    this.#runs.get(id);
    const atWork = await this.#easel.at(id)?.previews.latest();
    if (atWork !== undefined) return atWork;
    await this.#queue.ended(id);
    const last = await this.#easel.previewsOf(id)?.latest();
    if (last !== undefined) return last;
    const version = this.#runs.get(id).versions.findLast(({ removed }) => !removed);
    if (version === undefined) throw new ImpastoError("There is nothing to be seen of this run yet.");
    const bytes = await this.#versions.bytes(id, version.id);
    const { picture } = await this.#platform.readPicture(bytes, version.file);
    return this.#platform.encodePreview(picture);
  }

  async steer(id: string, steering: Steering): Promise<Run> {
    const { job, status, resumable, ...before } = this.#runs.get(id);
    const painting = this.#easel.at(id);
    if (painting === undefined && status !== "waiting" && !resumable) {
      throw new MisuseError("This run has come to its end, and cannot be steered any more: begin another.");
    }
    const steered = steeredOn(job, painting?.wished ?? before, steering);
    if (painting) await painting.wish(steered);
    else await this.#runs.settle(id, (record) => ({ ...record, ...steered }));
    return this.#runs.view(id);
  }

  async keep(id: string): Promise<Run> {
    const { status } = this.#runs.get(id);
    if (status === "waiting") throw new MisuseError("There is nothing to be kept of this run yet.");
    await this.#easel.at(id)?.wish();
    return this.#runs.view(id);
  }

  async stop(id: string): Promise<Run> {
    this.#runs.get(id);
    if (this.#queue.remove(id)) await this.#runs.settle(id, stopped);
    this.#easel.at(id)?.stop();
    await this.#queue.ended(id);
    return this.#runs.view(id);
  }

  async resume(id: string, version?: string): Promise<Run> {
    this.#requireOpen();
    this.#requireRoom();
    // What has ended is still being put away for a moment.
    if (!isUnderWay(this.#runs.get(id))) await this.#queue.ended(id);
    const record = this.#runs.get(id);
    if (isUnderWay(record)) throw new MisuseError("This run goes on already: stop it first.");
    if (version === undefined && !record.resumable) {
      throw new MisuseError("This run cannot be gone on with: begin another.");
    }
    const from = version === undefined ? record : fromVersion(record, version);
    await this.#runs.settle(id, ({ steering: _, counts: __, state: ___, failure: ____, ...rest }) => ({
      ...rest,
      status: "waiting",
      resumable: false,
      ...(from.steering && { steering: from.steering }),
      ...(from.counts && { counts: from.counts }),
      ...(from.state && { state: from.state }),
    }));
    // Else it would be taken for a newer one.
    const own = runName(id, "state");
    if (from.state !== own) await this.#platform.store.remove(own);
    this.#queue.add(id, this.#queue.place());
    return this.#runs.view(id);
  }

  async discard(id: string): Promise<void> {
    this.#runs.get(id);
    this.#queue.remove(id);
    this.#easel.abandon(id);
    await this.#queue.ended(id);
    if (!this.#runs.has(id)) return;
    await this.#runs.settle(id, ({ state: _, ...record }) => ({
      ...(isUnderWay(record) ? stopped(record) : record),
      resumable: false,
      discarded: true,
      versions: record.versions.map((version) => ({ ...version, removed: !version.starred })),
    }));
    await this.#versions.purge(id);
    const { store } = this.#platform;
    const names = await store.list(`${RUNS}${id}/`);
    const states = this.#runs.get(id).versions.map(({ state }) => state);
    const isLast = states.length === 0;
    const own = runName(id, "run.json");
    if (isLast) await this.#runs.forget(id);
    for (const name of names) if (name !== own && !states.includes(name)) await store.remove(name);
    if (isLast) await store.remove(own);
  }

  async star(id: string, version: string, starred: boolean): Promise<Run> {
    await this.#versions.change(id, version, { starred });
    return this.#runs.view(id);
  }

  async remove(id: string, version: string, removed: boolean): Promise<Run> {
    await this.#versions.change(id, version, { removed });
    return this.#runs.view(id);
  }

  async versionPicture(id: string, version: string): Promise<Blob> {
    const bytes = await this.#versions.bytes(id, version);
    return new Blob([new Uint8Array(bytes)], { type: "image/png" });
  }

  async fetchWeights(): Promise<void> {
    this.#requireOpen();
    await this.#weights.fetch();
  }

  async addWeights(file: Blob, name: string): Promise<void> {
    this.#requireOpen();
    await this.#weights.add(file, name);
  }

  /** Keeps what a run that was interrupted had come to by the state that was saved last. */
  async #rescue(id: string): Promise<void> {
    const { job, state: name, counts, steering, versions } = this.#runs.get(id);
    const bytes = name && (await this.#platform.store.read(name));
    if (!bytes) return;
    const { state } = loadRun(bytes);
    const io = { read: this.#pictures.read.bind(this.#pictures) };
    const result = await reachedInState(job, state, io);
    if (versions.at(-1)?.evaluations === result.evaluations) return;
    const outcome = { ...result, steered: result.steered || counts !== undefined };
    const steered = { ...(steering && { steering }), ...(counts && { counts }) };
    await this.#versions.keep(id, { why: "stopped", picture: result.picture, outcome, steered });
  }

  #requireOpen(): void {
    if (this.#closed) throw new ImpastoError("The studio is closed.");
  }

  #requireRoom(): void {
    if (this.#queue.waiting.length + this.#beginning < MOST_WAITING) return;
    throw new MisuseError(`${MOST_WAITING} runs wait already: let some of them end, or discard them.`);
  }
}

const stopped = ({ phase: _, ...record }: RunRecord): RunRecord => ({
  ...record,
  status: "stopped",
  resumable: true,
});

const isUnderWay = ({ status }: RunRecord): boolean =>
  status === "waiting" || status === "preparing" || status === "running";

/** What a run goes on from at one of its versions. */
function fromVersion(record: RunRecord, id: string): Pick<RunRecord, "steering" | "counts" | "state"> {
  const version = versionOf(record, id);
  if (version.state !== undefined) return version;
  throw new MisuseError(
    "This version is too old to be gone on from: begin another run that starts with its picture.",
  );
}

function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(8));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
