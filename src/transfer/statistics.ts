/**
 * Remembers what was computed of pictures, so that the cells of a sheet, or the jobs of a batch, that share a photograph
 * or a painting look at it once. It forgets what was asked for longest ago where it would hold more than it may.
 * @module
 */
import type { Picture } from "../image/picture.ts";
import type { Arrays } from "./named.ts";

/** What is remembered of pictures. */
export class PictureStatistics {
  readonly #mostBytes: number;
  /** In the order of their last use. */
  readonly #found = new Map<string, Arrays>();
  /** Numbers for pictures that are told apart by themselves. */
  readonly #numbers = new WeakMap<Picture, number>();
  #pictures = 0;

  /** @param mostBytes how many bytes of arrays may be held. */
  constructor(mostBytes: number) {
    this.#mostBytes = mostBytes;
  }

  /**
   * The answer to a question about a picture: the one found before, or what `compute` finds.
   * @param question tells it from all other questions about the picture.
   */
  async remember(picture: Picture, question: string, compute: () => Promise<Arrays>): Promise<Arrays> {
    const key = `${this.#nameOf(picture)} ${question}`;
    const found = this.#found.get(key) ?? (await compute());
    this.#found.delete(key);
    this.#found.set(key, found);
    for (const oldest of this.#found.keys()) {
      if (this.bytes <= this.#mostBytes) break;
      this.#found.delete(oldest);
    }
    return found;
  }

  /** How many bytes are held. */
  get bytes(): number {
    let sum = 0;
    for (const arrays of this.#found.values()) {
      for (const { byteLength } of Object.values(arrays)) sum += byteLength;
    }
    return sum;
  }

  /** By its file and size, where it came from a file, else by itself. */
  #nameOf(picture: Picture): string {
    if (picture.checksum !== undefined) return `${picture.checksum} ${picture.width}×${picture.height}`;
    const number = this.#numbers.get(picture) ?? ++this.#pictures;
    this.#numbers.set(picture, number);
    return `#${number}`;
  }
}
