/**
 * Rehearsals: pictures stylised with the student as it is, kept at several points of the way. They are what an
 * optimisation meets, and where the student, left to itself, goes wrong: an optimiser finds what the student overlooks.
 * The teacher's answer there is what it has most need of.
 * @module
 */
import { ImpastoError, MisuseError } from "../src/errors.ts";
import type { Network } from "../src/network/network.ts";
import type { Runtime } from "../src/runtime/runtime.ts";
import type { OptionsInput } from "../src/transfer/options.ts";
import { stylize } from "../src/transfer/stylize.ts";
import { type Material, recall, type Scene, type StoredPicture, store } from "./pictures.ts";
import type { Random } from "./random.ts";

/** How rehearsals go. */
export interface Rehearsals {
  /** Steps between them. */
  readonly every: number;
  /** The evaluations after which a picture is kept, rising; the last one ends the rehearsal. */
  readonly keptAfter: readonly number[];
  /** The part of the batches that is cut from them. */
  readonly share: number;
}

const PLAINEST: OptionsInput = { preset: "neural-style", init: "content" };
/** The part of the rehearsals with each objective: the plainest most, for there the student errs most. */
const OBJECTIVES: readonly (readonly [number, OptionsInput])[] = [
  [0.7, PLAINEST],
  [0.2, { preset: "impasto", init: "content" }],
  [0.1, { preset: "gatys", init: "content" }],
];
const SIZES = [192, 224, 256];

/**
 * Stylises a random photograph with a random artwork.
 * @returns undefined where it diverged before a picture was kept; what was kept before it did is worth teaching with.
 */
export async function rehearse(
  material: Material,
  keptAfter: readonly number[],
  network: Network,
  runtime: Runtime,
  random: Random,
): Promise<Scene | undefined> {
  const photograph = material.photographs[random.below(material.photographs.length)];
  const painting = material.artworks[random.below(material.artworks.length)];
  const size = SIZES[random.below(SIZES.length)];
  const objective = choose(random.uniform());
  if (!photograph || !painting) return;
  const pictures: StoredPicture[] = [];
  const steps = stylize(
    {
      content: recall(photograph),
      styles: [{ picture: recall(painting), weight: 1 }],
      options: { ...objective, size, scales: 1, iterations: Math.max(...keptAfter), history: 20 },
    },
    { network, runtime },
  );
  try {
    for await (const iterate of steps) {
      if (keptAfter.includes(iterate.evaluation)) pictures.push(store(await iterate.picture()));
    }
  } catch (error) {
    if (!(error instanceof ImpastoError) || error instanceof MisuseError) throw error;
  }
  return pictures.length === 0 ? undefined : { painting, pictures };
}

function choose(at: number): OptionsInput {
  let below = 0;
  for (const [share, objective] of OBJECTIVES) {
    below += share;
    if (at < below) return objective;
  }
  return PLAINEST;
}
