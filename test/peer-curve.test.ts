/**
 * The peer's own curve: what neural-style-pt itself reached on two pairs with the same weights (its fixtures say how),
 * against the preset of its name. L-BFGS without a line search is chaotic in the long run; the losses are not.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { readPicture } from "../src/image/decode.node.ts";
import { openEngine } from "../src/transfer/engine.node.ts";
import { stylize } from "../src/transfer/stylize.ts";

const fixtures = process.env.IMPASTO_FIXTURES;
const ready = fixtures !== undefined && process.env.IMPASTO_WEIGHTS !== undefined;
const curveSchema = z.object({ curve: z.array(z.object({ evaluation: z.int(), total: z.number() })) });
const EVALUATIONS = 100;

describe.skipIf(!ready)("the neural-style preset (needs IMPASTO_WEIGHTS and IMPASTO_FIXTURES)", () => {
  const folder = join(fixtures ?? "", "neural-style-pt");
  it.each([
    ["tubingen", "starry_night_google"],
    ["golden_gate", "the_scream"],
  ])(
    "is within 2 % of the peer's own loss after a hundred evaluations, for %s and %s",
    async (photo, painting) => {
      const file = readFileSync(join(folder, `${photo}-${painting}.json`), "utf8");
      const { curve } = curveSchema.parse(JSON.parse(file));
      const peer = new Map(curve.map(({ evaluation, total }) => [evaluation, total]));
      const content = await readPicture(join(folder, `${photo}_256.png`));
      const picture = await readPicture(join(folder, `${painting}_256.png`));
      const options = {
        preset: "neural-style",
        init: "content",
        size: 256,
        iterations: EVALUATIONS,
      } as const;
      const engine = await openEngine({ device: "cpu", network: "vgg19" });
      let compared = 0;
      for await (const { evaluation, loss } of stylize(
        { content, styles: [{ picture, weight: 1 }], options },
        engine,
      )) {
        const total = peer.get(evaluation);
        if (total === undefined || evaluation < EVALUATIONS) continue;
        expect(loss.total / total).toBeLessThan(1.02);
        compared += 1;
      }
      expect(compared).toBe(1);
    },
    180_000,
  );
});
