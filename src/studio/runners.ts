/**
 * The engines of a studio: that of the network that was asked for last, kept from run to run. Another one is opened beside
 * it only to plan while a run goes on, and takes its place once a run needs it.
 * @module
 */
import type { JobRunner } from "../job/runner.ts";
import type { Platform } from "./platform.ts";

/** Opens runners, and closes them. */
export class Runners {
  readonly #platform: Platform;
  readonly #open = new Map<string, Promise<JobRunner>>();
  #busy: string | undefined;

  constructor(platform: Platform) {
    this.#platform = platform;
  }

  /** The runner of a network, to ask what its runs would take. */
  async forPlanning(network: string): Promise<JobRunner> {
    const name = this.#nameOf(network);
    const kept = this.#busy ?? name;
    await this.#closeAllBut(name, kept);
    return this.#opened(name);
  }

  /** The runner of a network, to run a job; nothing else runs. */
  async forRunning(network: string): Promise<JobRunner> {
    const name = this.#nameOf(network);
    this.#busy = name;
    await this.#closeAllBut(name);
    return this.#opened(name);
  }

  /** The run has ended. @param broken whether its runner is not to be used again. */
  async ended(broken: boolean): Promise<void> {
    const name = this.#busy;
    this.#busy = undefined;
    if (broken && name !== undefined) await this.#close(name);
  }

  /** Weights have come: what was opened without them is opened anew, once nothing runs on it. */
  async renew(): Promise<void> {
    await this.#closeAllBut(...(this.#busy === undefined ? [] : [this.#busy]));
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

  #opened(name: string): Promise<JobRunner> {
    const open = this.#open.get(name) ?? this.#platform.openRunner(name);
    this.#open.set(name, open);
    // What could not be opened may be so later.
    open.catch(() => this.#open.get(name) === open && this.#open.delete(name));
    return open;
  }

  async #closeAllBut(...kept: readonly string[]): Promise<void> {
    const others = [...this.#open.keys()].filter((name) => !kept.includes(name));
    await Promise.all(others.map((name) => this.#close(name)));
  }

  async #close(name: string): Promise<void> {
    const runner = await this.#open.get(name)?.catch(() => undefined);
    this.#open.delete(name);
    await runner?.close().catch(() => {});
  }
}
