/**
 * Which page steers: the first, until it leaves or another one takes over. Two at once would undo each other's work.
 * @module
 */
import { MisuseError } from "../errors.ts";
import type { Events } from "./events.ts";

/** Knows which page steers. */
export class Helm {
  readonly #events: Events;
  readonly #watching = new Map<string, number>();
  #client: string | undefined;

  constructor(events: Events) {
    this.#events = events;
  }

  /** The page that steers, if any does. */
  get client(): string | undefined {
    return this.#client;
  }

  /** A page is there: it steers, where none does. */
  offer(client: string): void {
    if (this.#client === undefined) this.take(client);
  }

  take(client: string): void {
    if (this.#client === client) return;
    this.#client = client;
    this.#events.emit({ kind: "steering", client });
  }

  /** @throws MisuseError where another page steers. */
  require(client: string): void {
    this.offer(client);
    if (this.#client === client) return;
    throw new MisuseError("Another page steers this studio: take over there, or leave it to that one.");
  }

  /** A page begins to watch. @returns what says that it has ended: once it watches no more, whoever comes next steers. */
  watch(client: string): () => void {
    this.offer(client);
    this.#watching.set(client, (this.#watching.get(client) ?? 0) + 1);
    let ended = false;
    return () => {
      if (ended) return;
      ended = true;
      const left = (this.#watching.get(client) ?? 1) - 1;
      if (left > 0) {
        this.#watching.set(client, left);
        return;
      }
      this.#watching.delete(client);
      if (this.#client === client) this.#client = undefined;
    };
  }
}
