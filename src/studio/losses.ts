/**
 * The losses of a run for its chart: all of them at first, then every second, every fourth, so that they never take much.
 * @module
 */
import * as z from "zod";
import type { LossPoint } from "./engine.ts";
import type { Store } from "./platform.ts";
import { runName } from "./run-record.ts";
import { readJson, writeJson } from "./store-json.ts";

/** The most points. */
const MOST = 2000;

const chart = z.object({
  /** Evaluations from one point to the next. */
  stride: z.int().min(1),
  points: z.array(z.object({ evaluations: z.int(), loss: z.record(z.string(), z.number()) })),
});

/** The losses of one run. */
export class Losses {
  #stride = 1;
  #points: LossPoint[] = [];

  get points(): readonly LossPoint[] {
    return this.#points;
  }

  /** Takes in the losses at one evaluation, after those before it. */
  add(evaluations: number, loss: LossPoint["loss"]): void {
    if (evaluations % this.#stride !== 0 && this.#points.length > 0) return;
    this.#points.push({ evaluations, loss });
    if (this.#points.length <= MOST) return;
    this.#stride *= 2;
    this.#points = this.#points.filter((point) => point.evaluations % this.#stride === 0);
  }

  /** Forgets what came after an evaluation from which the run goes on. */
  cut(evaluations: number): void {
    this.#points = this.#points.filter((point) => point.evaluations <= evaluations);
  }

  /** Takes those that were saved last, if any were. */
  async load(store: Store, id: string): Promise<void> {
    const { stride, points } = (await readJson(store, lossesName(id), chart)) ?? { stride: 1, points: [] };
    this.#stride = stride;
    this.#points = points;
  }

  save(store: Store, id: string): Promise<void> {
    return writeJson(store, lossesName(id), { stride: this.#stride, points: this.#points });
  }
}

const lossesName = (id: string): string => runName(id, "losses.json");
