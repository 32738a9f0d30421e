/**
 * Half-stylised pictures, made with the student as it is: what an optimisation meets on its way, and where the student,
 * left to itself, goes wrong. The teacher's answer there is what it has most need of.
 * @module
 */
import type { Network } from "../network/network.ts";
import type { Runtime } from "../runtime/runtime.ts";
import { stylize } from "../transfer/stylize.ts";
import { type Material, recall, type StoredPicture, store } from "./pictures.ts";
import type { Random } from "./random.ts";

/** How far a rehearsal goes at most, and at how many places on its way a picture is kept. */
const LONGEST = 240;
const KEPT = 3;
const SIZE = 256;

/** Stylises a random photograph with a random artwork, and keeps pictures from along the way. */
export async function rehearse(
  material: Material,
  network: Network,
  runtime: Runtime,
  random: Random,
): Promise<readonly StoredPicture[]> {
  const photograph = material.photographs[random.below(material.photographs.length)];
  const artwork = material.artworks[random.below(material.artworks.length)];
  if (!photograph || !artwork) return [];
  // Short ones more often: they cost less, and every optimisation begins so.
  const iterations = Math.ceil(LONGEST * random.uniform() ** 2) + KEPT;
  const kept: StoredPicture[] = [];
  const steps = stylize(
    {
      content: recall(photograph),
      styles: [{ picture: recall(artwork), weight: 1 }],
      options: { preset: "neural-style", init: "content", size: SIZE, iterations, history: 20 },
    },
    { network, runtime },
  );
  const stride = Math.ceil(iterations / KEPT);
  for await (const iterate of steps) {
    if (iterate.evaluation % stride === 0 || iterate.evaluation === iterations)
      kept.push(store(iterate.picture()));
  }
  return kept;
}
