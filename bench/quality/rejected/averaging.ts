/**
 * The mean of the last pictures in place of the last one.
 * @module
 */
import type { Picture } from "../../../src/image/picture.ts";
import type { Iterate, Stylization } from "../../../src/transfer/iterate.ts";

/**
 * Averages what a transfer accepted last at its last size, in the result and on the way there. The losses stay those of the
 * single pictures.
 * @param count how many pictures are averaged.
 */
export async function* averaged(
  steps: AsyncGenerator<Iterate, Stylization>,
  count: number,
): AsyncGenerator<Iterate, Stylization> {
  const latest: Picture[] = [];
  let accepted: Iterate["loss"] | undefined;
  for (;;) {
    const { done, value } = await steps.next();
    if (done) return { ...value, picture: { ...value.picture, rgb: meanOf(latest) } };
    if (value.scale < value.scales) {
      yield value;
      continue;
    }
    // A trial that was rejected leaves the accepted point, and its losses, as they were.
    if (value.loss !== accepted) latest.push(value.picture());
    accepted = value.loss;
    if (latest.length > count) latest.shift();
    yield { ...value, picture: () => ({ ...value.size, rgb: meanOf(latest) }) };
  }
}

/** The mean colour of each pixel. */
function meanOf(pictures: readonly Picture[]): Float32Array {
  const [first, ...others] = pictures.map(({ rgb }) => rgb);
  return first.map((value, i) => others.reduce((sum, rgb) => sum + rgb[i], value) / pictures.length);
}
