/**
 * Versions of runs: pictures under names that people see, never over another file, each with its recipe, and for the newest
 * few the state to go on from.
 * @module
 */
import { MisuseError } from "../errors.ts";
import type { Picture } from "../image/picture.ts";
import { type Outcome, recipeOf, writeRecipe } from "../job/recipe.ts";
import { savedParts } from "../job/saved-run.ts";
import type { RunState } from "../transfer/run-state.ts";
import type { Version } from "./engine.ts";
import type { Platform } from "./platform.ts";
import { RESULTS, type RunRecord, runName, type VersionRecord } from "./run-record.ts";
import type { Runs } from "./runs.ts";

/** How many states are kept, of all runs: each takes some ten times as much as its picture has bytes in memory. */
const MOST_STATES = 6;

/** A picture to be kept. */
export interface NewVersion {
  readonly why: Version["why"];
  readonly picture: Picture;
  readonly outcome: Outcome;
  /** To go on from. */
  readonly state?: RunState | undefined;
  /** What counted by then, where that was steered. */
  readonly steered?: Pick<RunRecord, "steering" | "counts">;
}

/** Keeps versions. */
export class Versions {
  readonly #platform: Platform;
  readonly #runs: Runs;
  #last: Promise<unknown> = Promise.resolve();

  constructor(platform: Platform, runs: Runs) {
    this.#platform = platform;
    this.#runs = runs;
  }

  /**
   * Keeps a picture, after those that are being kept.
   * @param also what changes with it, at once for whoever looks.
   */
  keep(
    id: string,
    version: NewVersion,
    also: (record: RunRecord, kept: VersionRecord) => RunRecord = (record) => record,
  ): Promise<void> {
    const keeping = this.#last.then(() => this.#keep(id, version, also));
    this.#last = keeping.catch(() => {});
    return keeping;
  }

  async #keep(
    id: string,
    { why, picture, outcome, state, steered = {} }: NewVersion,
    also: (record: RunRecord, kept: VersionRecord) => RunRecord,
  ): Promise<void> {
    const { store, software } = this.#platform;
    const { job, named } = this.#runs.get(id);
    const name = String(named + 1);
    const file = await this.#freeName(stemOf(this.#runs.get(id)));
    // Where the studio is killed while it writes, it knows afterwards which file is not a version.
    await this.#runs.settle(id, (record) => ({ ...record, named: named + 1, writing: file }));
    const stateName = runName(id, `${name}.state`);
    if (state !== undefined) await store.write(stateName, savedParts({ job, state }));
    const recipe = recipeOf(job, outcome, software);
    const bytes = await this.#platform.encode(picture, {
      recipe: writeRecipe(recipe),
      depth: job.options.depth,
    });
    await store.write(`${RESULTS}${file}`, [bytes]);
    const { width, height } = picture;
    const kept: VersionRecord = {
      id: name,
      why,
      width,
      height,
      created: Date.now(),
      evaluations: outcome.evaluations,
      starred: false,
      removed: false,
      ...steered,
      recipe,
      file,
      ...(state === undefined ? {} : { state: stateName }),
    };
    await this.#runs.settle(id, ({ writing: _, ...record }) =>
      also({ ...record, versions: [...record.versions, kept] }, kept),
    );
    await this.#dropOldStates();
  }

  /** The exact file of a version. */
  async bytes(id: string, version: string): Promise<Uint8Array> {
    const { file } = versionOf(this.#runs.get(id), version);
    const bytes = await this.#platform.store.read(`${RESULTS}${file}`);
    if (bytes === undefined) throw new MisuseError(`"${file}" is not there any more.`);
    return bytes;
  }

  /** Changes what is said of a version. */
  async change(id: string, version: string, change: Partial<VersionRecord>): Promise<void> {
    versionOf(this.#runs.get(id), version);
    await this.#runs.settle(id, (record) => ({
      ...record,
      versions: record.versions.map((one) => (one.id === version ? { ...one, ...change } : one)),
    }));
  }

  /** Removes those for good that were marked as removed, files first: what is left undone is done at the next start. */
  async purge(id: string): Promise<void> {
    const { store } = this.#platform;
    const { versions, state: own } = this.#runs.get(id);
    const removed = versions.filter((version) => version.removed);
    if (removed.length === 0) return;
    for (const { file, state } of removed) {
      await store.remove(`${RESULTS}${file}`);
      if (state !== undefined && state !== own) await store.remove(state);
    }
    await this.#runs.settle(id, (record) => ({
      ...record,
      versions: record.versions.filter((version) => !removed.some((one) => one.id === version.id)),
    }));
  }

  /** States of the newest versions stay, and those of versions with a star. */
  async #dropOldStates(): Promise<void> {
    const all = this.#runs
      .all()
      .flatMap((record) =>
        record.versions.flatMap(({ id: version, state, starred, created }) =>
          state === undefined || state === record.state || starred
            ? []
            : [{ run: record.id, version, state, created }],
        ),
      );
    const old = all.sort((one, other) => other.created - one.created).slice(MOST_STATES);
    for (const { run, version, state } of old) {
      await this.#runs.settle(run, (record) => ({
        ...record,
        versions: record.versions.map((one) => (one.id === version ? withoutState(one) : one)),
      }));
      await this.#platform.store.remove(state);
    }
  }

  async #freeName(stem: string): Promise<string> {
    const taken = new Set(
      (await this.#platform.store.list(RESULTS)).map((name) => name.slice(RESULTS.length).toLowerCase()),
    );
    for (let number = 1; ; number++) {
      const name = `${stem}${number === 1 ? "" : `-${number}`}.png`;
      if (!taken.has(name.toLowerCase())) return name;
    }
  }
}

const withoutState = ({ state: _, ...version }: VersionRecord): VersionRecord => version;

/** @throws MisuseError where there is none of that name. */
export function versionOf({ versions }: RunRecord, id: string): VersionRecord {
  const version = versions.find((one) => one.id === id);
  if (version === undefined) throw new MisuseError("There is no such version: it was removed for good.");
  return version;
}

/** "cat-starry_night", of letters that every file system takes. */
function stemOf({ job: { content, styles } }: RunRecord): string {
  const [first] = styles;
  return `${plain(content.name)}-${plain(first?.name ?? "")}`;
}

const LONGEST_PART = 40;

const plain = (name: string): string =>
  name
    .replace(/\.[^.]*$/, "")
    .normalize("NFC")
    .replaceAll(/[^\p{L}\p{N}_-]+/gu, "-")
    .slice(0, LONGEST_PART)
    .replaceAll(/^-+|-+$/g, "") || "picture";
