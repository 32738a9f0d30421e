/**
 * The engines of a studio: that of the network that runs last asked for, kept from run to run. Another one is opened beside it
 * for those who ask what its runs would take, until the next run.
 * @module
 */
import type { JobRunner } from "../job/runner.ts";
import type { Platform } from "./platform.ts";

/** A runner that is open, or being opened. */
interface Opened {
  readonly runner: Promise<JobRunner>;
  /** What asks it something at present. */
  readonly uses: Set<Promise<unknown>>;
}

/** Opens runners, and closes them. */
export class Runners {
  readonly #platform: Platform;
  readonly #open = new Map<string, Opened>();
  #busy: string | undefined;

  constructor(platform: Platform) {
    this.#platform = platform;
  }

  /** Asks the runner of a network something; it is not closed meanwhile. */
  use<Result>(network: string, ask: (runner: JobRunner) => Promise<Result>): Promise<Result> {
    const { runner, uses } = this.#opened(this.#nameOf(network));
    const use = runner.then(ask);
    uses.add(use);
    const done = (): boolean => uses.delete(use);
    use.then(done, done);
    return use;
  }

  /** The runner of a network, to run a job; nothing else runs, and the others are closed. */
  async forRunning(network: string): Promise<JobRunner> {
    const name = this.#nameOf(network);
    this.#busy = name;
    await this.#closeAllBut(name);
    return this.#opened(name).runner;
  }

  /** The run has ended. @param broken whether its runner is not to be used again. */
  async ended(broken: boolean): Promise<void> {
    const name = this.#busy;
    this.#busy = undefined;
    if (broken && name !== undefined) await this.#close(name);
  }

  /** Weights have come: what was opened without them is opened anew, once nothing runs on it. */
  renew(): Promise<void> {
    return this.#closeAllBut(this.#busy);
  }

  close(): Promise<void> {
    return this.#closeAllBut();
  }

  /** VGG-19 where it is there, else the network that comes along: by one name, so that it is opened once. */
  #nameOf(network: string): string {
    if (network !== "auto") return network;
    const vgg19 = this.#platform.about.networks.find(({ name }) => name === "vgg19");
    return vgg19?.ready ? "vgg19" : "built-in";
  }

  #opened(name: string): Opened {
    const known = this.#open.get(name);
    if (known !== undefined) return known;
    const opened = { runner: this.#platform.openRunner(name), uses: new Set<Promise<unknown>>() };
    this.#open.set(name, opened);
    // What could not be opened may be so later.
    opened.runner.catch(() => this.#open.get(name) === opened && this.#open.delete(name));
    return opened;
  }

  async #closeAllBut(kept?: string): Promise<void> {
    const others = [...this.#open.keys()].filter((name) => name !== kept);
    await Promise.all(others.map((name) => this.#close(name)));
  }

  async #close(name: string): Promise<void> {
    const opened = this.#open.get(name);
    this.#open.delete(name);
    await Promise.allSettled(opened?.uses ?? []);
    const runner = await opened?.runner.catch(() => undefined);
    await runner?.close().catch(() => {});
  }
}
