/**
 * The picture as it is, for looking at: encoded only while somebody looks, and seldom enough to cost little.
 * @module
 */
import type { Picture } from "../image/picture.ts";

/** Milliseconds from one preview to the next. */
const BETWEEN = 400;
/** The part of the time that may be spent on previews: large ones come less often. */
const SHARE = 1 / 10;
/** So many milliseconds after somebody asked for a preview, another is made. */
const INTEREST = 10_000;

/** What previews need of the studio. */
export interface PreviewTools {
  encode(picture: Picture): Promise<Blob>;
  /** Whether somebody watches. */
  watched(): boolean;
  /** A newer one is there. */
  made(): void;
}

/** The previews of one run. */
export class Previews {
  readonly #tools: PreviewTools;
  #latest: Blob | undefined;
  #encoding: Promise<void> | undefined;
  #began = Number.NEGATIVE_INFINITY;
  #between = BETWEEN;
  #ended = false;
  #asked = Number.NEGATIVE_INFINITY;
  #waiting: ((latest: Blob | undefined) => void)[] = [];

  constructor(tools: PreviewTools) {
    this.#tools = tools;
  }

  /** Whether a picture is wanted now. */
  get isDue(): boolean {
    const now = performance.now();
    const isWanted = this.#tools.watched() || now - this.#asked < INTEREST;
    return isWanted && this.#encoding === undefined && now - this.#began >= this.#between;
  }

  /** The newest; the next one, where there is none yet; undefined where none comes any more. */
  async latest(): Promise<Blob | undefined> {
    this.#asked = performance.now();
    if (this.#ended) await this.#encoding;
    if (this.#ended || this.#latest !== undefined) return this.#latest;
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
    });
  }

  /** Encodes a picture, for which nobody waits. */
  show(picture: Picture): void {
    const began = performance.now();
    this.#began = began;
    this.#encoding = this.#tools
      .encode(picture)
      .then((blob) => {
        this.#latest = blob;
        for (const resolve of this.#waiting.splice(0)) resolve(blob);
        this.#tools.made();
      })
      // The work itself has not failed.
      .catch(() => {})
      .finally(() => {
        this.#encoding = undefined;
        this.#between = Math.max(BETWEEN, (performance.now() - began) / SHARE);
      });
  }

  /** No more come, but for the picture that a run ends with. */
  async end(): Promise<void> {
    this.#ended = true;
    await this.#encoding;
    for (const resolve of this.#waiting.splice(0)) resolve(this.#latest);
  }
}
