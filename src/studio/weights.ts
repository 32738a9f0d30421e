/**
 * Weights of VGG-19 on their way to the studio.
 * @module
 */
import { ImpastoError } from "../errors.ts";
import type { Events } from "./events.ts";
import { failureOf } from "./failure.ts";
import type { Platform } from "./platform.ts";
import type { Runners } from "./runners.ts";

/** Milliseconds between two tellings of how far they are. */
const BETWEEN_TELLINGS = 250;

/** Gets weights. */
export class Weights {
  readonly #platform: Platform;
  readonly #events: Events;
  readonly #runners: Runners;
  #fetching: Promise<void> | undefined;

  constructor(platform: Platform, events: Events, runners: Runners) {
    this.#platform = platform;
    this.#events = events;
    this.#runners = runners;
  }

  /** Fetches them; once, however often that is asked for meanwhile. */
  fetch(): Promise<void> {
    this.#fetching ??= this.#fetch().finally(() => {
      this.#fetching = undefined;
    });
    return this.#fetching;
  }

  async add(file: Blob, name: string): Promise<void> {
    if (this.#platform.addWeights === undefined) throw new ImpastoError("This studio takes no weights.");
    await this.#platform.addWeights(file, name);
    await this.#runners.renew();
    this.#events.emit({ kind: "weights", done: file.size, total: file.size });
  }

  async #fetch(): Promise<void> {
    const { fetchWeights } = this.#platform;
    if (fetchWeights === undefined) throw new ImpastoError("This studio fetches no weights.");
    let told = Number.NEGATIVE_INFINITY;
    let [last, all] = [0, 0];
    try {
      await fetchWeights.call(this.#platform, (done, total) => {
        [last, all] = [done, total];
        const now = performance.now();
        // Their end is told once they can be used.
        if (done >= total || now - told < BETWEEN_TELLINGS) return;
        told = now;
        this.#events.emit({ kind: "weights", done, total });
      });
    } catch (error) {
      this.#events.emit({ kind: "weights", done: last, total: all, failure: failureOf(error) });
      throw error;
    }
    await this.#runners.renew();
    this.#events.emit({ kind: "weights", done: all, total: all });
  }
}
