/**
 * How fast pictures were painted here before, on each network and device, from which it follows how long another will take.
 * @module
 */
import * as z from "zod";
import type { EngineDescription } from "../job/runner.ts";
import type { Pixels } from "../transfer/time-left.ts";
import type { Store } from "./platform.ts";
import { readJson, writeJson } from "./store-json.ts";

const NAME = "pace.json";

/** Seconds for a pixel that is looked at, by what looks at it. */
const paces = z.record(z.string(), z.number().positive());

/** How much the latest run counts. */
const LATEST = 0.5;

/** What is known of the pace. */
export class Pace {
  readonly #store: Store;
  readonly #known: Record<string, number>;

  private constructor(store: Store, known: Readonly<Record<string, number>>) {
    this.#store = store;
    this.#known = { ...known };
  }

  static async read(store: Store): Promise<Pace> {
    return new Pace(store, (await readJson(store, NAME, paces)) ?? {});
  }

  /** The seconds that a run would take; undefined where nothing like it was painted yet. */
  seconds(engine: EngineDescription, pixels: readonly Pixels[]): number | undefined {
    const pace = this.#known[keyOf(engine)];
    return pace === undefined ? undefined : pace * pixels.reduce((sum, { all }) => sum + all, 0);
  }

  /** Takes in how long an evaluation took that looked at so many pixels. */
  async learn(engine: EngineDescription, seconds: number, pixels: number): Promise<void> {
    const pace = seconds / pixels;
    if (!(pace > 0 && Number.isFinite(pace))) return;
    const key = keyOf(engine);
    const before = this.#known[key] ?? pace;
    this.#known[key] = before + LATEST * (pace - before);
    await writeJson(this.#store, NAME, this.#known);
  }
}

const keyOf = ({ network, runtime: { device, threads } }: EngineDescription): string =>
  [network.name, device, threads].join(" ");
