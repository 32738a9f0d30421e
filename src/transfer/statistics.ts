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

  /** @param mostBytes how many bytes of arrays may be held. */
  constructor(mostBytes: number) {
    this.#mostBytes = mostBytes;
  }

  /**
   * The answer to a question about a picture: the one found before, or what `compute` finds.
   * @param question tells it from all other questions about the picture.
   */
  async remember(picture: Picture, question: string, compute: () => Promise<Arrays>): Promise<Arrays> {
    const key = `${nameOf(picture)} ${question}`;
    const found = this.#found.get(key) ?? (await compute());
    this.#found.delete(key);
    // What would not fit by itself would drive out all else first.
    if (bytesOf(found) > this.#mostBytes) return found;
    this.#found.set(key, found);
    for (const oldest of this.#found.keys()) {
      if (this.bytes <= this.#mostBytes) break;
      this.#found.delete(oldest);
    }
    return found;
  }

  /** How many bytes are held. */
  get bytes(): number {
    return [...this.#found.values()].reduce((sum, arrays) => sum + bytesOf(arrays), 0);
  }
}

const bytesOf = (arrays: Arrays): number =>
  Object.values(arrays).reduce((sum, { byteLength }) => sum + byteLength, 0);

/** By what is in it, wherever it came from: a picture may be changed in its place. */
function nameOf({ width, height, rgb, alpha }: Picture): string {
  const parts = alpha === undefined ? [rgb] : [rgb, alpha];
  return `${width}×${height} ${parts.map(hashOf).join(" ")}`;
}

/** Two numbers that different values are as good as certain not to share (FNV-1a, with two primes). */
function hashOf(values: Float32Array): string {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  let [one, other] = [0x811c9dc5, 0x9747b28c];
  for (let i = 0; i < bits.length; i++) {
    one = Math.imul(one ^ bits[i], 0x01000193);
    other = Math.imul(other ^ (bits[i] + i), 0x85ebca6b);
    one ^= one >>> 15;
    other ^= other >>> 13;
  }
  return `${one >>> 0}.${other >>> 0}`;
}
