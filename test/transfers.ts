/**
 * What the tests of transfers share: small pictures, a narrow network, and ways to follow a transfer.
 * @module
 */
import type { Picture } from "../src/image/picture.ts";
import type { Iterate, Stylization } from "../src/transfer/iterate.ts";
import type { OptionsInput } from "../src/transfer/options.ts";
import type { RunControls, StylizeRequest } from "../src/transfer/run.ts";
import { drain, stylize } from "../src/transfer/stylize.ts";
import { colours, narrowEngine } from "./narrow-engine.ts";

/** A preset of one size whose loss only falls, on pictures of the size that is asked for. */
export const PLAIN = {
  preset: "gatys",
  size: 32,
  iterations: 3,
  init: "content",
} as const satisfies OptionsInput;
/** Coarse to fine, on a strip of a picture. */
export const COARSE_TO_FINE = { preset: "impasto", size: 512, iterations: 3 } as const satisfies OptionsInput;

export const content = colours(32, 24, 1);
export const painting = colours(32, 24, 2);
export const strip = colours(512, 32, 3);

export const request = (
  options: OptionsInput = PLAIN,
  rest: Partial<StylizeRequest> = {},
): StylizeRequest => ({
  content,
  styles: [{ picture: painting, weight: 1 }],
  options,
  ...rest,
});

/** Opens a narrow network, and gives it with what runs a transfer by it. */
export async function openTransfers() {
  const engine = await narrowEngine();
  /** All steps, each with the picture it showed, and the result. */
  async function follow(steps: AsyncGenerator<Iterate, Stylization>) {
    const iterates: (Iterate & { readonly shown: Picture })[] = [];
    const result = await drain(steps, async (iterate) => {
      iterates.push({ ...iterate, shown: await iterate.picture() });
    });
    return { iterates, result };
  }

  const run = (...[asked, controls]: [StylizeRequest, RunControls?]) =>
    follow(stylize(asked, engine, controls));
  const paint = async (asked: StylizeRequest): Promise<Picture> => (await run(asked)).result.picture;

  /** Stops after some evaluations. */
  async function stopAfter(asked: StylizeRequest, evaluations: number) {
    const controller = new AbortController();
    const iterates: (Iterate & { readonly shown: Picture })[] = [];
    const result = await drain(stylize(asked, engine, { signal: controller.signal }), async (iterate) => {
      iterates.push({ ...iterate, shown: await iterate.picture() });
      if (iterates.length === evaluations) controller.abort();
    });
    return { iterates, result };
  }
  return { engine, run, paint, stopAfter };
}

/** Whether every value is a colour. */
export const inRange = ({ rgb }: Picture): boolean => rgb.every((value) => value >= 0 && value <= 1);
