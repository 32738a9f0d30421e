/**
 * The runs that there are: in memory, in the store, and told of. A run is changed by putting a new record in its place.
 * @module
 */
import { MisuseError } from "../errors.ts";
import type { Run } from "./engine.ts";
import type { Events } from "./events.ts";
import type { Store } from "./platform.ts";
import { type RunRecord, runName, runOf } from "./run-record.ts";
import { writeJson } from "./store-json.ts";

/** Milliseconds between two tellings of a run that only goes on. */
const BETWEEN_TELLINGS = 250;

/** Runs by their names. */
export class Runs {
  readonly #store: Store;
  readonly #events: Events;
  readonly #records = new Map<string, RunRecord>();
  readonly #saving = new Map<string, Promise<void>>();
  readonly #told = new Map<string, number>();
  readonly #toTell = new Map<string, ReturnType<typeof setTimeout>>();

  constructor(store: Store, events: Events, records: readonly RunRecord[]) {
    this.#store = store;
    this.#events = events;
    for (const record of records) this.#records.set(record.id, record);
  }

  /** In the order in which they were begun. */
  all(): readonly RunRecord[] {
    return [...this.#records.values()].sort((one, other) => one.created - other.created);
  }

  has(id: string): boolean {
    return this.#records.has(id);
  }

  /** @throws MisuseError where there is none of that name. */
  get(id: string): RunRecord {
    const record = this.#records.get(id);
    if (record === undefined) throw new MisuseError("There is no such run: it was discarded.");
    return record;
  }

  view(id: string): Run {
    return runOf(this.get(id));
  }

  /** Takes in a new one, once it is in the store. */
  async add(record: RunRecord): Promise<void> {
    await writeJson(this.#store, runName(record.id, "run.json"), record);
    this.#records.set(record.id, record);
    this.#tell(record.id);
  }

  /** Changes one, and tells of it. */
  change(id: string, change: (record: RunRecord) => RunRecord): void {
    this.#replace(id, change);
    this.#tell(id);
  }

  /** Changes one, and tells of it once that is in the store. */
  async settle(id: string, change: (record: RunRecord) => RunRecord): Promise<void> {
    this.#replace(id, change);
    this.#silence(id);
    await this.save(id);
    if (this.has(id)) this.#tell(id);
  }

  /** Changes one, and tells of it with other changes that follow soon. */
  goOn(id: string, change: (record: RunRecord) => RunRecord): void {
    this.#replace(id, change);
    if (this.#toTell.has(id)) return;
    const wait = (this.#told.get(id) ?? 0) + BETWEEN_TELLINGS - performance.now();
    if (wait <= 0) this.#tell(id);
    else
      this.#toTell.set(
        id,
        setTimeout(() => this.#tell(id), wait),
      );
  }

  /** Writes one as it is by then, after what is being written of it. */
  save(id: string): Promise<void> {
    const write = async (): Promise<void> => {
      const record = this.#records.get(id);
      if (record !== undefined) await writeJson(this.#store, runName(id, "run.json"), record);
    };
    const saving = (this.#saving.get(id) ?? Promise.resolve()).then(write, write);
    this.#saving.set(id, saving);
    const done = (): void => {
      if (this.#saving.get(id) === saving) this.#saving.delete(id);
    };
    saving.then(done, done);
    return saving;
  }

  /** Forgets one, once nothing of it is being written. */
  async forget(id: string): Promise<void> {
    this.#records.delete(id);
    this.#silence(id);
    this.#told.delete(id);
    await this.#saving.get(id)?.catch(() => {});
    this.#events.emit({ kind: "discarded", id });
  }

  /** Waits for what is being written, and tells nothing more. */
  async close(): Promise<void> {
    for (const id of this.#toTell.keys()) this.#silence(id);
    await Promise.allSettled(this.#saving.values());
  }

  #replace(id: string, change: (record: RunRecord) => RunRecord): void {
    const before = this.get(id);
    this.#records.set(id, { ...change(before), revision: before.revision + 1 });
  }

  #tell(id: string): void {
    this.#silence(id);
    this.#told.set(id, performance.now());
    this.#events.emit({ kind: "run", run: this.view(id) });
  }

  #silence(id: string): void {
    clearTimeout(this.#toTell.get(id));
    this.#toTell.delete(id);
  }
}
