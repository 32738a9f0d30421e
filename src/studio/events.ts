/**
 * Tells those who watch what happens. Nobody is waited for: whoever takes long, or throws, does so for himself.
 * @module
 */
import type { StudioEvent } from "./engine.ts";

/** Told of events. */
export type Listener = (event: StudioEvent) => void;

/** Those who watch. */
export class Events {
  readonly #listeners = new Set<Listener>();

  /** How many watch. */
  get watchers(): number {
    return this.#listeners.size;
  }

  /**
   * Begins to tell.
   * @param first what is told before anything else, once whoever begins to watch has what ends it.
   * @returns what ends it.
   */
  watch(first: () => StudioEvent, listener: Listener): () => void {
    // A function of its own, for the same one may watch twice.
    const own: Listener = (event) => listener(event);
    let ended = false;
    queueMicrotask(() => {
      if (ended) return;
      this.#listeners.add(own);
      tell(own, first());
    });
    return () => {
      ended = true;
      this.#listeners.delete(own);
    };
  }

  emit(event: StudioEvent): void {
    for (const listener of this.#listeners) tell(listener, event);
  }
}

function tell(listener: Listener, event: StudioEvent): void {
  try {
    listener(event);
  } catch {
    // Not the studio's to mend.
  }
}
