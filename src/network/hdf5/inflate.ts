/**
 * Undoes zlib's compression, in Node and in browsers, with no more memory than what may come of it.
 * @module
 */

/** So much is given to inflate at a time: what comes of that, up to a thousand times as much, is there before it is counted. */
const PIECE = 2 ** 13;

/**
 * The bytes that were compressed.
 * @param most how many there may be.
 * @throws Error when there are more, or these are not compressed bytes.
 */
export async function inflate(compressed: Uint8Array, most: number): Promise<Uint8Array> {
  let given = 0;
  const pieces = new ReadableStream<Uint8Array<ArrayBuffer>>(
    {
      pull(controller) {
        if (given < compressed.length) controller.enqueue(compressed.slice(given, given + PIECE));
        else controller.close();
        given += PIECE;
      },
    },
    { highWaterMark: 0 },
  );
  const reader = pieces.pipeThrough(new DecompressionStream("deflate")).getReader();
  const inflated = new Uint8Array(most);
  let length = 0;
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    if (length + part.value.length > most) {
      await reader.cancel();
      throw new RangeError(`Expected at most ${most} bytes`);
    }
    inflated.set(part.value, length);
    length += part.value.length;
  }
  return inflated.subarray(0, length);
}
