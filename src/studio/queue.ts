/**
 * Runs that wait for their turn: one is at work at a time, in the order in which they were asked for.
 * @module
 */

/** Does pieces of work one after another. */
export class Queue {
  readonly #work: (id: string) => Promise<void>;
  #waiting: { readonly id: string; readonly place: number }[] = [];
  #atWork: { readonly id: string; readonly ended: Promise<void> } | undefined;
  #places = 0;
  #closed = false;

  /** @param work does one piece, and never fails. */
  constructor(work: (id: string) => Promise<void>) {
    this.#work = work;
  }

  get waiting(): readonly string[] {
    return this.#waiting.map(({ id }) => id);
  }

  /** A place in the order, for what is still to be prepared. */
  place(): number {
    this.#places += 1;
    return this.#places;
  }

  add(id: string, place: number): void {
    this.#waiting.push({ id, place });
    this.#waiting.sort((one, other) => one.place - other.place);
    this.#next();
  }

  /** Takes one out that waits. @returns whether it did. */
  remove(id: string): boolean {
    const left = this.#waiting.filter((one) => one.id !== id);
    const waited = left.length < this.#waiting.length;
    this.#waiting = left;
    return waited;
  }

  /** Waits until one is at work no more. */
  async ended(id: string): Promise<void> {
    if (this.#atWork?.id === id) await this.#atWork.ended;
  }

  /** Begins nothing more. @returns those that waited, once what is at work has ended. */
  async close(): Promise<readonly string[]> {
    this.#closed = true;
    const { waiting } = this;
    this.#waiting = [];
    await this.#atWork?.ended;
    return waiting;
  }

  #next(): void {
    if (this.#closed || this.#atWork !== undefined) return;
    const first = this.#waiting.shift();
    if (first === undefined) return;
    const ended = this.#work(first.id).finally(() => {
      this.#atWork = undefined;
      this.#next();
    });
    this.#atWork = { id: first.id, ended };
  }
}
